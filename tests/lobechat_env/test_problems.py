"""Each environment of the table gives exactly the problems that stand beside it, and none shows a value."""

from collections.abc import Iterator

import pytest

from job.lobechat_env.environment import LobeChatEnv
from job.lobechat_env.problems import Action, Problem, Severity, find_problems
from job.lobechat_env.variables import LOBECHAT_PROVIDERS, PROVIDERS, RENAMED
from tests.support.lobechat_env import CANARY, GOOD, JWKS

E, W = Severity.ERROR, Severity.WARNING
REMOVE, RENAME, ADD, CHANGE = Action.REMOVE, Action.RENAME, Action.ADD, Action.CHANGE
Expected = list[tuple[Severity, Action, str]]
Case = tuple[str, dict[str, str | None], Expected]  # name, changes (None: not set), problems


def stoppers() -> Iterator[Case]:
    removed: tuple[str, ...] = (
        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
        "CLERK_SECRET_KEY",
        "CLERK_WEBHOOK_SECRET",
        "ACCESS_CODE",
    )
    removed += ("NEXT_AUTH_SECRET", "NEXT_AUTH_SSO_PROVIDERS", "NEXTAUTH_URL", "NEXT_PUBLIC_SERVICE_MODE")
    removed += ("NEXT_PUBLIC_ENABLE_BETTER_AUTH", "AUTH_URL", "NEXT_PUBLIC_AUTH_URL")
    for name in removed:
        yield f"{name} set", {name: CANARY}, [(E, REMOVE, name)]
        empty: Expected = [(E, REMOVE, name)] if name.startswith(("NEXT_AUTH", "NEXTAUTH")) else []
        yield f"{name} empty", {name: ""}, empty
    for old, new in RENAMED.items():
        value = GOOD.get(new, "1" if "MAGIC" in new else CANARY)
        yield f"{old} set", {old: value, new: None}, [(E, RENAME, old)]
        yield f"{old} beside {new}", {old: value, new: value}, [(E, REMOVE, old)]
        yield f"{old} empty", {old: ""}, []
    yield (
        "two old names of one", {"AZURE_AD_CLIENT_ID": CANARY, "AUTH_AZURE_AD_ID": CANARY},
        [(E, RENAME, "AUTH_AZURE_AD_ID"), (E, REMOVE, "AZURE_AD_CLIENT_ID")],
    )  # fmt: skip
    yield (
        "a provider under its old name is complete once renamed",
        {"AUTH_SSO_PROVIDERS": "microsoft", "AZURE_AD_CLIENT_ID": CANARY, "AZURE_AD_CLIENT_SECRET": CANARY},
        [(E, RENAME, "AZURE_AD_CLIENT_ID"), (E, RENAME, "AZURE_AD_CLIENT_SECRET")],
    )


def required() -> Iterator[Case]:
    yield "all that LobeChat needs", {}, []
    for name in ("DATABASE_URL", "KEY_VAULTS_SECRET", "AUTH_SECRET", "APP_URL"):
        yield f"{name} missing", {name: None}, [(E, ADD, name)]
        yield f"{name} empty", {name: ""}, [(E, ADD, name)]
    for name in ("JWKS_KEY", "S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"):
        yield f"{name} missing", {name: None}, [(W, ADD, name)]
    for text in (
        "x",
        "[]",
        "{}",
        '{"keys":[]}',
        '{"keys":[{"kty":"oct"}]}',
        '{"keys":[{"kty":"RSA","n":"n"}]}',
        "null",
    ):
        yield f"JWKS_KEY {text}", {"JWKS_KEY": text}, [(W, CHANGE, "JWKS_KEY")]
    yield "LobeChat's own example key", {"JWKS_KEY": JWKS.replace("own", "6823046760c5d460")}, [(W, CHANGE, "JWKS_KEY")]
    for url in ("https://chat.example.org/", "chat.example.org", "ftp://chat.example.org", "https://", "https://[x"):
        yield f"APP_URL {url}", {"APP_URL": url}, [(E, CHANGE, "APP_URL")]
    for url in ("http://localhost:3210", "http://0.0.0.0:3210"):
        yield f"APP_URL {url}", {"APP_URL": url}, [(W, CHANGE, "APP_URL")]
    yield "APP_URL with a path", {"APP_URL": "https://example.org/chat"}, []
    yield "no DATABASE_DRIVER", {"DATABASE_DRIVER": None}, []
    yield "DATABASE_DRIVER neon", {"DATABASE_DRIVER": "neon"}, []
    yield "DATABASE_DRIVER pg", {"DATABASE_DRIVER": "pg"}, [(E, CHANGE, "DATABASE_DRIVER")]


def providers() -> Iterator[Case]:
    webhooks = {"casdoor": "CASDOOR_WEBHOOK_SECRET", "logto": "LOGTO_WEBHOOK_SIGNING_KEY"}
    for provider in sorted(LOBECHAT_PROVIDERS):
        variables = PROVIDERS[provider]
        complete: dict[str, str | None] = {"AUTH_SSO_PROVIDERS": provider, **dict.fromkeys(variables, CANARY)}
        webhook = webhooks.get(provider)
        yield f"{provider} complete", complete, [(W, ADD, webhook)] if webhook else []
        if webhook:
            complete = {**complete, webhook: CANARY}
            yield f"{provider} with its webhook", complete, []
        for variable in variables:
            yield f"{provider} without {variable}", {**complete, variable: None}, [(E, ADD, variable)]
    name = "AUTH_SSO_PROVIDERS"
    microsoft = {"AUTH_MICROSOFT_ID": CANARY, "AUTH_MICROSOFT_SECRET": CANARY}
    yield "microsoft under its other name", {name: "microsoft-entra-id", **microsoft}, []
    yield "microsoft under both", {name: "microsoft,microsoft-entra-id", **microsoft}, [(E, CHANGE, name)]
    yield "google twice", {name: "google,google"}, [(E, CHANGE, name)]
    yield "a full-width comma, blanks and empty parts", {name: "google\N{FULLWIDTH COMMA} microsoft ,", **microsoft}, []
    yield "a name with a capital", {name: "Google"}, [(E, CHANGE, name)]
    yield "semicolons", {name: "google;github"}, [(E, CHANGE, name)]
    yield "clerk", {name: "google,clerk"}, [(E, CHANGE, name)]
    yield "no providers", {name: None}, [(W, ADD, name)]


def mail() -> Iterator[Case]:
    none: dict[str, str | None] = dict.fromkeys(("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASS"))
    off: dict[str, str | None] = {"AUTH_EMAIL_VERIFICATION": None}
    resend: dict[str, str | None] = {
        "EMAIL_SERVICE_PROVIDER": "resend",
        "RESEND_API_KEY": CANARY,
        "RESEND_FROM": CANARY,
    }
    verification, magic = "AUTH_EMAIL_VERIFICATION", "AUTH_ENABLE_MAGIC_LINK"
    yield "no mail service", {**none, **off}, [(W, ADD, "SMTP_HOST")]
    for name in ("SMTP_HOST", "SMTP_USER", "SMTP_PASS"):
        yield f"SMTP without {name}", {**off, name: None}, [(W, ADD, name)]
    yield "resend", none | resend, []
    yield "Resend in capitals", none | resend | {"EMAIL_SERVICE_PROVIDER": "Resend"}, []
    for name in ("RESEND_API_KEY", "RESEND_FROM"):
        yield f"resend without {name}", none | resend | {name: None} | off, [(W, ADD, name)]
    yield "resend's key alone", none | resend | {"EMAIL_SERVICE_PROVIDER": None} | off, [(W, ADD, "SMTP_HOST")]
    yield "another mail service", {"EMAIL_SERVICE_PROVIDER": "ses"}, [(E, CHANGE, "EMAIL_SERVICE_PROVIDER")]
    yield "port of letters", {"SMTP_PORT": "smtp"}, [(E, CHANGE, "SMTP_PORT")]
    yield "port 465 without TLS", {"SMTP_PORT": "465"}, [(W, CHANGE, "SMTP_SECURE")]
    yield "port 465 with TLS", {"SMTP_PORT": "465", "SMTP_SECURE": "true"}, []
    yield "SMTP_SECURE 1", {"SMTP_SECURE": "1"}, [(W, CHANGE, "SMTP_SECURE")]
    yield "mail without verification", off, [(W, ADD, verification)]
    yield "verification without mail", {**none}, [(W, ADD, "SMTP_HOST"), (W, CHANGE, verification)]
    yield "magic links without mail", {**none, **off, magic: "1"}, [(W, ADD, "SMTP_HOST"), (W, CHANGE, magic)]
    yield "magic links with mail", {magic: "1"}, []


def switches() -> Iterator[Case]:
    alone = "AUTH_DISABLE_EMAIL_PASSWORD"
    yield "providers alone", {alone: "1"}, []
    yield "neither providers nor passwords", {alone: "1", "AUTH_SSO_PROVIDERS": None}, [
        (E, CHANGE, alone), (W, ADD, "AUTH_SSO_PROVIDERS"),
    ]  # fmt: skip
    for name in (alone, "AUTH_ENABLE_MAGIC_LINK"):
        for value in ("true", "yes", "on"):
            yield f"{name}={value}", {name: value}, [(W, CHANGE, name)]
        yield f"{name}=0", {name: "0"}, []
    yield "a secret with a line break", {"AUTH_SECRET": f"{CANARY}\n"}, [(W, CHANGE, "AUTH_SECRET")]
    yield "a switch with a line break", {alone: "1\n"}, [(W, CHANGE, alone), (W, CHANGE, alone)]
    yield "what LobeChat does not know", {"MY_OWN": CANARY}, []


CASES = [*stoppers(), *required(), *providers(), *mail(), *switches()]


def problems(changes: dict[str, str | None], *hidden: str) -> list[Problem]:
    values = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return find_problems(LobeChatEnv(values, frozenset(hidden)))


def test_the_table_is_long() -> None:
    assert len(CASES) > 100
    assert len({name for name, _, _ in CASES}) == len(CASES)


@pytest.mark.parametrize(("changes", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_an_environment_gives_its_problems(changes: dict[str, str | None], expected: Expected) -> None:
    found = problems(changes)
    assert sorted(problem[:3] for problem in found) == sorted(expected)
    assert [one.severity for one in found] == sorted((one.severity for one in found), key=[E, W].index)
    assert CANARY not in str(found)
    assert all(problem.text and problem.name in str(problem) for problem in found)


def test_what_the_shell_of_compose_sets_is_taken_to_be_set() -> None:
    found = problems({"DATABASE_URL": None, "AUTH_GOOGLE_SECRET": None}, "DATABASE_URL", "AUTH_GOOGLE_SECRET")
    assert [(one.severity, one.name) for one in found] == [(W, "AUTH_GOOGLE_SECRET"), (W, "DATABASE_URL")]


def test_a_variable_that_stops_lobechat_does_so_wherever_its_value_comes_from() -> None:
    assert next(one[:3] for one in problems({}, "CLERK_SECRET_KEY")) == (E, REMOVE, "CLERK_SECRET_KEY")
