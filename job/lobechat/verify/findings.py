"""Findings on their way from the session's tables to the report: counted in SQL, named one by one."""

from collections import Counter
from typing import Protocol

from sqlalchemy.engine import Connection

from job.lobechat.session.sql import read_sql, run_sql, stream_rows
from job.lobechat_env.releases import Release
from job.mapping.rows import FindingCode

FINDINGS = read_sql(__file__, "findings")
WIDE_FINDINGS = read_sql(__file__, "wide_findings")
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


def report_wide_findings(connection: Connection, report: FindingSink, release: Release) -> None:
    """Tell the report what concerns very many users: the numbers alone, after `judge_sign_in`."""
    numbers = run_sql(connection, WIDE_FINDINGS).mappings().one()
    for code, number in numbers.items():
        if code != FindingCode.PASSWORD_LOST_BY_CODE or release.mail_code_deletes_password:
            report.finding(FindingCode(code), number, [])
