"""The report: four files, a summary, a termination message."""
