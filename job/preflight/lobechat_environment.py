"""The environment that LobeChat 2 will run with: does it start, and can people sign in?"""

from contextlib import suppress

from job.core.errors import PeopleKeptOutError
from job.core.files import write_file
from job.lobechat_env.changes import list_changes
from job.lobechat_env.problems import Severity, find_problems
from job.preflight.check import CheckResult, Preflight, passed, skipped, warning
from job.settings import PREFIX

CHANGES = "lobechat_env_changes.txt"  # in the run's report folder


def check_lobechat_environment(preflight: Preflight) -> CheckResult:
    """Name every problem at once, and write the whole list of changes beside the report.

    Raises PeopleKeptOutError where LobeChat would not start or would let nobody in.
    """
    settings = preflight.settings
    if settings.lobechat_env is None:
        return skipped(f"{PREFIX}LOBECHAT_ENV_FILE is not set: LobeChat's own settings were not checked")
    problems = find_problems(settings.lobechat_env)
    if not problems:
        return passed("nothing in LobeChat's environment keeps people out")
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    with suppress(OSError):  # that nothing can be written to the folder is told when the report is
        write_file(settings.report_dir / preflight.context.run_id / CHANGES, list_changes(problems).encode())
    details = tuple(f"{problem.severity}: {problem}" for problem in problems)
    hint = f"change what is named; {CHANGES} beside the report has the whole list, ready to copy"
    if errors:
        raise PeopleKeptOutError(
            f"LobeChat's environment has {_count(errors, 'error')} that keep people out,"
            f" and {_count(len(problems) - errors, 'warning')}",
            hint=hint, details=details
        )  # fmt: skip
    return warning(f"LobeChat's environment has {_count(len(problems), 'warning')}", hint=hint, details=details)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number or 'no'} {what}s"
