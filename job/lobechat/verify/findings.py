"""Findings on their way from the session's tables to the report: counted in SQL, named one by one."""

from collections import Counter
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from job.lobechat.columns import trimmed
from job.lobechat.verify.sign_in import CHECKABLE
from job.mapping.rows import FindingCode

# The mapping's findings hold for users in scope; of the others the conflict or the skipping says enough.
ALL = f"""
    SELECT f.user_id, f.code, f.detail FROM staged_findings f JOIN plan_users p ON p.id = f.user_id
        WHERE p.action NOT IN ('conflict', 'skipped') OR f.code = '{FindingCode.ONLY_IN_CSV}'
    UNION ALL SELECT id, '{FindingCode.CHANGED_SINCE}', NULL FROM plan_users
        WHERE kept OR row_action = 'deleted'
    UNION ALL SELECT a.user_id, '{FindingCode.CHANGED_SINCE}', a.provider_id FROM plan_accounts a
        WHERE a.action = 'changed_since'
    UNION ALL SELECT id, '{FindingCode.ONLY_IN_LOBECHAT}', NULL FROM users u
        WHERE :knows_clerk AND NOT EXISTS (SELECT FROM staged_users s WHERE s.id = u.id)
    UNION ALL SELECT l.user_id, '{FindingCode.LINK_REMOVED_AT_CLERK}', a.provider_id
        FROM left_accounts l JOIN accounts a ON a.id = l.id JOIN staged_users u ON u.id = l.user_id AND u.in_api
        WHERE :knows_clerk AND (u.in_csv OR l.id NOT LIKE 'cred%')
        AND NOT EXISTS (SELECT FROM staged_accounts s WHERE s.id = l.id)
    UNION ALL SELECT p.id, '{FindingCode.SHUT_OUT_LEFT_OUT}', NULL
        FROM plan_users p JOIN users u USING (id) JOIN staged_users s USING (id)
        WHERE p.action = 'conflict' AND s.shut_out AND NOT coalesce(u.banned, false)
    UNION ALL SELECT a.user_id, '{FindingCode.CREDENTIAL_UNCHECKABLE}', NULL FROM accounts a
        WHERE a.provider_id = 'credential' AND a.password !~ {CHECKABLE}
        AND NOT EXISTS (SELECT FROM plan_accounts p WHERE p.held_id = a.id AND p.action = 'update')
    UNION ALL SELECT u.id, '{FindingCode.EMAIL_NOT_MATCHABLE}', NULL FROM users u
        WHERE u.email <> lower({trimmed("u.email")}) AND NOT EXISTS (
            SELECT FROM plan_users p WHERE p.id = u.id AND p.row_action = 'update')"""
EVERY = sa.text(f"SELECT user_id, code, coalesce(detail, '') FROM ({ALL}) AS every ORDER BY user_id, code")


EXAMPLES = 20


class FindingSink(Protocol):
    """Where findings go: the report."""

    def finding(self, code: str, count: int, user_ids: list[str]) -> None:
        """Take a finding's number and some of its users."""

    def attention(self, user_id: str, reason: str, detail: str) -> None:
        """Take one user's line."""


def report_findings(connection: Connection, report: FindingSink, *, knows_clerk: bool) -> None:
    """Tell the report every finding: its number, and each user.

    `knows_clerk`: all of Clerk's users are staged.  On the simple path nobody asked Clerk.
    """
    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    with connection.execute(EVERY, {"knows_clerk": knows_clerk}, execution_options={"yield_per": 2000}) as result:
        for user_id, code, detail in result:
            report.attention(user_id, code, detail)
            counts[code] += 1
            if counts[code] <= EXAMPLES:
                examples.setdefault(code, []).append(user_id)
    for code, count in sorted(counts.items()):
        report.finding(code, count, examples[code])
