"""Source side: Clerk's API, the dashboard's CSV and the files they become."""

from job.clerk.csv_fetch import fetch_csv
from job.clerk.csv_file import read_csv
from job.clerk.export import ExportResult, export_users
from job.clerk.users_file import exported_at_ms, read_users

__all__ = ["ExportResult", "export_users", "exported_at_ms", "fetch_csv", "read_csv", "read_users"]
