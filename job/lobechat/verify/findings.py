"""Findings on their way from the session's tables to the report: counted in SQL, named one by one."""

from collections import Counter
from typing import Protocol

from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql, stream_rows

FINDINGS = read_sql(__file__, "findings")
EXAMPLES = 20


class FindingSink(Protocol):
    """Where findings go: the report."""

    def finding(self, code: str, count: int, user_ids: list[str]) -> None:
        """Take a finding's number and some of its users."""

    def attention(self, user_id: str, reason: str, detail: str) -> None:
        """Take one user's line."""


def report_findings(connection: Connection, report: FindingSink) -> None:
    """Tell the report every finding: its number, and each user."""
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for user_id, code, detail in stream_rows(connection, FINDINGS):
        report.attention(user_id, code, detail)
        counts[code] += 1
        if counts[code] <= EXAMPLES:
            examples.setdefault(code, []).append(user_id)
    for code, count in sorted(counts.items()):
        report.finding(code, count, examples[code])
