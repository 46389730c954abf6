"""What a run tells: report.json, report.html, junit.xml and attention.csv."""
