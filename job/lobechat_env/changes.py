"""The whole list of what to change in an environment, ready to copy: for the file of a LobeChat 1 above all."""

from collections.abc import Iterable

from job.lobechat_env.problems import Action, Problem

_HEADINGS = {
    Action.REMOVE: "Remove these lines",
    Action.RENAME: "Rename these; each value stays as it is",
    Action.ADD: "Add these lines; fill in what is between < and >",
    Action.CHANGE: "Correct these",
}


def list_changes(problems: Iterable[Problem]) -> str:
    """All problems as one text in four parts, what to add with the command that makes it; no value is in it."""
    problems = list(problems)
    parts = []
    for action, heading in _HEADINGS.items():
        lines = [_line(problem) for problem in problems if problem.action is action]
        if lines:
            parts.append("\n".join([f"# {heading}:", *dict.fromkeys(lines)]))
    return "\n\n".join(parts) + "\n" if parts else ""


def _line(problem: Problem) -> str:
    match problem.action:
        case Action.RENAME:
            return f"{problem.name} -> {problem.line}"
        case Action.ADD:
            return problem.line
        case Action.CHANGE:
            return str(problem)
    return problem.name
