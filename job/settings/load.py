"""From the environment to settings, with every problem found at once."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from job.core.errors import SettingsError
from job.settings.contradictions import find_contradictions
from job.settings.deployment import is_kubernetes
from job.settings.environment import Gathered, gather
from job.settings.lobechat import read_lobechat_env
from job.settings.model import Settings, Stage

HINT = "correct what is named above; docs/settings.md explains every variable"


def load_settings(environ: Mapping[str, str], folder: Path) -> Settings:
    """Read the settings from `environ`, over `folder`/.env.

    Raises SettingsError with one line for each problem in `details`, each naming its variable and the hint, never a
    secret's value.
    """
    gathered = gather(environ, folder)
    settings = read_lobechat_env(_validate(gathered, environ, folder), gathered)
    problems = [*gathered.problems]
    problems += [text for names, text in find_contradictions(settings) if gathered.faulty.isdisjoint(names)]
    if problems:
        count = "one problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise SettingsError(f"the settings have {count}", hint=HINT, details=tuple(problems))
    return settings


def _validate(gathered: Gathered, environ: Mapping[str, str], folder: Path) -> Settings:
    """The settings; a faulty variable is noted and left at its default, so that the others are still looked at."""
    values: dict[str, Any] = {
        **{name: value for name, value in gathered.values.items() if name not in gathered.faulty},
        "working_folder": folder,
        "in_kubernetes": is_kubernetes(environ),
    }
    try:
        settings = Settings.model_validate(values)
    except ValidationError as exc:
        for name, text in _explain(exc):
            if name not in gathered.faulty:
                gathered.fault(name, text)
        values = {name: value for name, value in values.items() if name not in gathered.faulty}
        settings = Settings.model_validate(values)
    if settings.path == "simple":
        stages = tuple(stage for stage in settings.stages if stage is not Stage.EXPORT)
        settings = settings.model_copy(update={"stages": stages})
    return settings


def _explain(error: ValidationError) -> Iterator[tuple[str, str]]:
    """(variable, hint) of each error; pydantic's texts are used where they hold no value."""
    for one in error.errors(include_url=False, include_input=False, include_context=True):
        name, context = str(one["loc"][0]), one.get("ctx", {})
        match one["type"]:
            case "value_error":
                text = str(context["error"])
            case "literal_error" | "enum":
                text = f"must be {context['expected']}"
            case "bool_parsing":
                text = "must be 1 or 0 (true, false, yes, no, on and off are understood too)"
            case "int_parsing" | "int_parsing_size" | "int_from_float":
                text = "must be a whole number"
            case "greater_than_equal":
                text = f"must be at least {context['ge']}"
            case "less_than_equal":
                text = f"must be at most {context['le']}"
            case _:
                text = "cannot be read; docs/settings.md says what it takes"
        yield name, text
