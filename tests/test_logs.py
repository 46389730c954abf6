"""One line an event, in the collector's shape, without secrets."""

import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog

from job.core.logs import choose_format, configure_logs, log_bug

SECRET = "canary-secret-42"


@pytest.fixture(autouse=True)
def clean_logging() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers, root.level)
    yield
    logging.captureWarnings(capture=False)
    root.handlers, root.level = before
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_json_has_time_level_and_event_first(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json", ())
    structlog.contextvars.bind_contextvars(run_id="r1", stage="check")
    structlog.get_logger().info("stage.ended", seconds=1.5, name="Zoë\nline")
    (line,) = lines(capsys)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert (line["event"], line["run_id"], line["stage"], line["name"]) == ("stage.ended", "r1", "check", "Zoë\nline")


def test_gcp_has_severity_message_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "gcp", ())
    structlog.get_logger().warning("stop.signal")
    (line,) = lines(capsys)
    assert (line["severity"], line["message"]) == ("WARNING", "stop.signal")
    assert str(line["time"]).endswith("Z")


def test_ecs_has_elastics_names(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "ecs", ())
    structlog.get_logger().error("run.failed", hint="x")
    (line,) = lines(capsys)
    assert line["log.level"] == "error"
    assert line["message"] == line["event.action"] == "run.failed"
    assert line["clerk_to_betterauth"] == {"hint": "x"}
    assert {"@timestamp", "ecs.version"} <= set(line)


def test_without_a_format_a_pipe_gets_json() -> None:
    assert choose_format(None) == "json"
    assert choose_format("console") == "console"


def test_people_get_a_line_for_each_stage_without_colours_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "console", ())
    log = structlog.get_logger()
    log.info("run.started", dry_run=True, mode="test", database="db.test/lobechat", stages=["check"])
    log.info("stage.ended", stage="export", outcome="exported", seconds=0.71, users=1985, requests=6, resumed=0)
    log.info("stage.ended", stage="migrate", outcome="planned", seconds=1, insert=3, update=0)
    log.info("stage.ended", stage="migrate", outcome="applied", seconds=1, insert=3, update=4)
    log.info("stage.ended", stage="export", outcome="exported", seconds=1, users=1, requests=1, with_address=1)
    log.info("lock.held", holder="x")
    assert capsys.readouterr().out.splitlines() == [
        "Clerk to Better Auth · dry run: nothing is written · test · db.test/lobechat",
        "✓ export   exported: 1,985 users, 6 requests  0.7 s",
        "✓ migrate  planned: 3 to insert  1.0 s",
        "✓ migrate  applied: 3 inserted, 4 updated  1.0 s",
        "✓ export   exported: 1 user, 1 request, 1 with address  1.0 s",
    ]


def test_people_get_warnings_with_what_to_do_in_the_width_of_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    configure_logs("info", "console", ())
    structlog.get_logger().warning(
        "preflight.check",
        check="environment", result="warning", found="12 people could not set a password " * 2, hint="set SMTP_HOST",
        details=[f"variable {number}" for number in range(9)],
    )  # fmt: skip
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("! environment: 12 people could not set a password")
    assert out[-2:] == ["  - and 3 more in the report", "  → set SMTP_HOST"]
    assert max(len(line) for line in out) <= 60


@pytest.mark.parametrize("length", range(60, 100))
def test_no_line_for_people_is_wider_than_the_terminal(
    length: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    configure_logs("info", "console", ())
    words = ("1234 " * 20)[:length].strip() + "5"
    structlog.get_logger().warning("preflight.check", check="x", result="warning", found=words, details=[words])
    structlog.get_logger().info("stage.ended", stage="export", outcome=words, seconds=0.71)
    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80


def test_people_are_told_of_the_first_attempt_alone_and_that_more_follow(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "console", ())
    for attempt in (1, 2, 3):
        structlog.get_logger().warning("database.unreachable", attempt=attempt, reason="no route")
    assert capsys.readouterr().out.splitlines() == ["! database.unreachable: no route; trying again"]


def test_people_are_told_at_the_end_alone_why_the_run_failed(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "console", ())
    log = structlog.get_logger()
    log.error("preflight.check", check="csv", result="failed", found="it is missing", hint="move it")
    log.error("smoke.check", check="providers", result="failed", found="google is missing", hint="add it")
    log.error("verify.failed", check="users.complete", meaning="all are there", rows=1, users=["user_1"])
    log.error("lock.held_by_another", holder="x", since="noon")
    assert capsys.readouterr().out == ""


def test_numbers_alone_are_put_into_a_sentence_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "console", ())
    structlog.get_logger().warning("csv.columns_missing", columns=["phone", "banned"], hint="export again")
    assert capsys.readouterr().out.splitlines() == [
        "! csv.columns_missing: the CSV lacks optional columns; columns phone, banned",
        "  → export again",
    ]


def test_people_who_ask_for_debug_see_every_event(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", "console", ())
    structlog.get_logger().debug("export.page", users=500)
    assert "export.page" in capsys.readouterr().out


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning", "json", ())
    structlog.get_logger().info("quiet")
    assert lines(capsys) == []


@pytest.mark.parametrize("log_format", ["json", "gcp", "ecs", "console"])
def test_known_secrets_are_masked_wherever_they_stand(log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", log_format, (SECRET, "", "a"))
    structlog.contextvars.bind_contextvars(where=f"x{SECRET}")
    structlog.get_logger().info(
        f"event {SECRET}",
        text=f"a {SECRET} b",
        deep={SECRET: [("x", {SECRET})]},
        error=ValueError(SECRET),
        raw=b"a" + SECRET.encode(),
    )
    out = capsys.readouterr().out
    assert SECRET not in out
    assert "***" in out


def test_the_longest_secret_is_masked_first(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json", ("secret", "secret-and-more"))
    structlog.get_logger().info("x", text="secret-and-more")
    assert lines(capsys)[0]["text"] == "***"


def test_libraries_are_heard_by_place_and_never_by_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", "json", ())
    logging.getLogger("httpx").info("GET https://x.test/?token=canary")
    logging.getLogger("sqlalchemy.engine").warning("parameters %s", "canary")
    logging.getLogger("alembic").debug("canary")
    out = capsys.readouterr()
    (line,) = [json.loads(text) for text in out.out.splitlines()]
    assert (line["event"], line["library"], line["level"]) == ("library.message", "sqlalchemy.engine", "warning")
    assert "canary" not in out.out + out.err


def test_a_librarys_warning_is_heard_by_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json", ())
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("canary", stacklevel=1)
    out = capsys.readouterr()
    assert '"py.warnings"' in out.out
    assert "canary" not in out.out + out.err


def test_a_bug_is_told_by_type_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "json", ())
    try:
        try:
            int("canary")
        except ValueError as exc:
            raise RuntimeError("canary") from exc
    except RuntimeError as exc:
        log_bug(exc)
    text = capsys.readouterr().out
    line = json.loads(text)
    assert line["error"] == "RuntimeError from ValueError"
    assert "test_logs.py" in line["frames"][0]
    assert "canary" not in text


def test_an_unknown_format_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("loud", "logfmt", ())
    structlog.get_logger().info("x")
    assert lines(capsys)[0]["event"] == "x"


def test_gcp_shows_an_events_own_message_and_keeps_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info", "gcp", ())
    structlog.get_logger().error("run.failed", message="what failed")
    line = json.loads(capsys.readouterr().out)
    assert (line["message"], line["event"]) == ("what failed", "run.failed")
