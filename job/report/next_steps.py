"""What to do next: a checklist that knows the run.  Words between backticks are typed as they stand."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from job.mapping.rows import FindingCode
from job.report.actions import LETTERS, Action
from job.report.model import NamedCheck, ReportModel
from job.report.wording import count, describe_action, sentence
from job.settings import PREFIX, Mode, Settings

BACK_UP_FOR_UPGRADE = (
    "Stop LobeChat 1.x, then back up the database: the real run upgrades the schema, and only a backup takes that back."
)
LETTERS_OF_MIGRATION = (
    "Write to the people of attention.csv, in the folder of the migration's run. The letters are in docs/letters.md."
)
WRITING = {"migrate", "rollback", "cleanup"}


def plan_next_steps(model: ReportModel, settings: Settings, general: str) -> list[str]:
    """The steps, in order; never empty.  `general` is what holds for every run that ends like this one."""
    return list(_plan(model, settings, general)) or [general]


def _plan(model: ReportModel, settings: Settings, general: str) -> Iterable[str]:
    if model.exit_code:
        return _after_failure(model)
    if model.stages and model.stages[-1].outcome.startswith("nothing"):
        return ()
    if model.dry_run and not WRITING.isdisjoint(model.stages_asked):
        return _after_dry_run(model, settings)
    return _after(model.stages_asked, model, settings) or (*_warnings(model.preflight), general)


def _after(stages: list[str], model: ReportModel, settings: Settings) -> Iterable[str]:
    """The steps after a run that did all it was to do; empty for the stages that have none of their own."""
    if "migrate" in stages:
        return _after_migration(model, settings)
    if "verify" in stages:
        return list(_people(model.attention.by_action))
    if "smoke" in stages:
        return (*_warnings(model.smoke), LETTERS_OF_MIGRATION, *_ends(model, settings))
    return _after_rollback(model, settings) if "rollback" in stages else ()


def _after_failure(model: ReportModel) -> list[str]:
    """The advice of the error and of each failed check, each once."""
    hints = [model.error.hint] if model.error else []
    hints += [one.hint for one in model.failed_checks]
    return [sentence(hint) for hint in dict.fromkeys(hints) if hint]


def _after_dry_run(model: ReportModel, settings: Settings) -> Iterator[str]:
    yield from _warnings(model.preflight)
    if "rollback" in model.stages_asked:
        yield from _kept(model, "would be kept")
    elif model.attention.people:
        yield (
            f"Look through attention.csv ({count(model.attention.people, 'person', 'people')}): what can be put right"
            " at Clerk or in LobeChat's settings is best done before the real run."
        )
    if "migrate" in model.stages_asked:
        yield BACK_UP_FOR_UPGRADE if _will_upgrade(model, settings) else "Back up the database."
    yield f"Run again with {_for_real(settings)}."


def _for_real(settings: Settings) -> str:
    """The variables that let a run write."""
    confirm = f" and `{PREFIX}CONFIRM={settings.database_name}`" if settings.mode is Mode.PROD else ""
    return f"`{PREFIX}DRY_RUN=0`{confirm}"


def _after_rollback(model: ReportModel, settings: Settings) -> Iterator[str]:
    yield from _kept(model, "were kept")
    yield "Run the migration again when you like: it begins anew for everybody who was restored."
    yield (
        f"Or end here: `{PREFIX}STAGES=cleanup` with {_for_real(settings)} removes the job's own tables. After that"
        " nothing more can be taken back."
    )


def _kept(model: ReportModel, verb: str) -> Iterator[str]:
    if model.left_out:
        yield (
            f"Look at those who {verb} ({count(model.left_out, 'person', 'people')} in attention.csv): docs/rollback.md"
            " says why each is, and what can be done."
        )


def _warnings(checks: list[NamedCheck]) -> Iterator[str]:
    names = [f"`{one.name}`" for one in checks if one.result == "warning"]
    if names:
        yield f"Read what {_listed(names)} {'warns' if len(names) == 1 else 'warn'} of."


def _will_upgrade(model: ReportModel, settings: Settings) -> bool:
    schema = model.lobechat
    return settings.schema_action != "check" and schema is not None and schema.verdict not in {"current", "ahead"}


def _after_migration(model: ReportModel, settings: Settings) -> Iterator[str]:
    providers = sorted(one.provider for one in model.providers if one.served and one.links)
    if not settings.lobechat_env_files:
        yield _environment(model, providers)
    if providers:
        yield f"Register `<APP_URL>/api/auth/callback/<provider>` as the callback at {_listed(providers)}."
    yield f"Deploy LobeChat 2: {_image(settings)}. Everybody is signed out once and sees its onboarding once."
    yield f"Check the running LobeChat: `{PREFIX}STAGES=smoke` with `{PREFIX}LOBECHAT_URL`."
    yield from _people(model.attention.by_action)
    if settings.backup_codes_file is not None and model.counts.get("two_factor"):
        yield f"Hand the codes in {_place(settings.backup_codes_file, settings)} to their owners."
    yield from _clerk(model)
    yield from _ends(model, settings)


def _environment(model: ReportModel, providers: list[str]) -> str:
    """What LobeChat 2 must be given, where its own file was not there to be checked."""
    sso = f", `AUTH_SSO_PROVIDERS={','.join(providers)}`" if providers else ""
    people = model.attention.by_action.get(Action.SET_PASSWORD, 0)
    mail = f", by which {count(people, 'person', 'people')} will set a password" if people else ""
    return (
        f"Set LobeChat 2's environment: take out Clerk's variables; set `AUTH_SECRET`{sso} and a mail service{mail}."
        f" `{PREFIX}LOBECHAT_ENV_FILE` lets the job check it."
    )


def _image(settings: Settings) -> str:
    release = settings.next_release
    if release.assumed:
        return "the image `lobehub/lobehub` (from 2.1.40 on it needs pg_search in PostgreSQL: docs/pg-search.md)"
    image = f"the image `lobehub/lobehub:{release.name}`"
    if not release.needs_pg_search:
        return image
    if settings.pg_search == "skip":
        return f"{image}, with `FTS_SEARCH_PROVIDER=pg_like` in its environment (docs/pg-search.md)"
    return f"{image}, on a PostgreSQL with pg_search (docs/pg-search.md)"


def _clerk(model: ReportModel) -> Iterator[str]:
    pictures = next((one.count for one in model.findings if one.code == FindingCode.AVATAR_AT_CLERK), 0)
    if pictures:
        yield (
            f"Keep the Clerk instance for now: it serves {count(pictures, 'user picture', 'user pictures')}"
            " (docs/faq.md)."
        )


def _people(by_action: Mapping[Action, int]) -> Iterator[str]:
    letters = {action: by_action[action] for action in LETTERS if by_action.get(action)}
    if letters:
        people = count(sum(letters.values()), "person", "people")
        told = ", ".join(f"{number:,} {describe_action(action, number)}" for action, number in letters.items())
        yield f"Write to {people} of attention.csv ({told}). The letters are in docs/letters.md."
    others = sum(by_action.values()) - sum(letters.values())
    if others:
        people = count(others, "other person", "other people")
        yield f"Help {people} of attention.csv yourself: its column what_to_do says how."


def _ends(model: ReportModel, settings: Settings) -> Iterator[str]:
    files = [settings.csv_file, settings.json_file] if model.path == "full" else []
    files += [file for file in (settings.contacts_file, settings.backup_codes_file) if file is not None]
    if files:
        held = "it holds" if len(files) == 1 else "they hold"
        yield f"Delete {_listed([_place(file, settings) for file in files])}: {held} personal data."
    yield (
        f"To undo the migration: `{PREFIX}STAGES=rollback`. Weeks later `{PREFIX}STAGES=cleanup` removes the record of"
        f" what was written; after that it cannot be undone. Both need {_for_real(settings)}."
    )


def _place(path: Path, settings: Settings) -> str:
    return f"`{settings.as_on_host(settings.working_folder / path)}`"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
