"""The pure middle: a CSV row and an API user in, the rows to write and the findings out.

It touches no file, socket, clock or database: the same input gives the same output to the byte.
"""

from job.mapping.user import map_user

__all__ = ["map_user"]
