"""What an id of Clerk's may look like."""

import re

is_id = re.compile(r"[!-~]{1,255}").fullmatch  # ASCII without blanks: `user_…`, or what an import brought along
