"""The pure middle: a CSV row and an API user in, the rows to write and the findings out."""
