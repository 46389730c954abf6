"""Source side: Clerk's API, the dashboard's CSV and the files they become."""

from job.clerk.csv_file import check_csv, read_csv
from job.clerk.users_file import read_users

__all__ = ["check_csv", "read_csv", "read_users"]
