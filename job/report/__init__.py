"""What a run tells its operator: report.json, report.html, junit.xml, attention.csv, causes.csv, the contacts."""

from job.report.collector import Report

__all__ = ["Report"]
