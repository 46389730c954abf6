"""The export fetches every user once, whatever Clerk and the network do meanwhile, or says that it did not."""

import hashlib
import signal

import msgspec
import pytest

from job.clerk.api import client as clerk_api
from job.clerk.export.export import export_users
from job.clerk.files.users_file import exported_at_ms, read_users
from job.context import Context
from job.core.errors import ClerkKeyError, InputError, SettingsError, StoppedError, TemporaryError
from sandbox.clerk_server import ClerkServer, Fault
from tests.support.clerk_api import USERS, MakeContext, either_boundary, user

EVERYBODY = [f"user_{number:05d}" for number in range(USERS)]


def exported(context: Context) -> list[str]:
    """The ids, in the file's order."""
    return [one.id for one in read_users(context.settings.json_file)]


@pytest.fixture
def context(clerk: ClerkServer, make_context: MakeContext) -> Context:
    return make_context(clerk.url)


@either_boundary
def test_every_user_is_exported_once_in_order_of_creation(context: Context) -> None:
    result = export_users(context)
    assert exported(context) == EVERYBODY
    assert result.count == USERS


@either_boundary
def test_several_ranges_are_walked_with_few_requests(clerk: ClerkServer, context: Context) -> None:
    result = export_users(context)
    assert result.requests == len(clerk.requests)
    assert sum("limit=500" in target and "starting_after" not in target for target in clerk.requests) >= 4
    assert result.requests <= 2 + 2 + 2 * (USERS // 500 + 4)


def test_the_files_are_for_the_owner_alone_and_nothing_else_is_left(context: Context) -> None:
    export_users(context)
    folder = context.settings.folder
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == {
        "clerk_users.json": 0o600,
        "clerk_users.manifest.json": 0o600,
    }


def test_the_manifest_tells_count_digest_time_and_version(context: Context) -> None:
    export_users(context)
    path = context.settings.json_file
    manifest = msgspec.json.decode(path.with_name("clerk_users.manifest.json").read_bytes())
    assert manifest == {
        "count": USERS,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "exported_at": exported_at_ms(path),
        "api_version": "2025-04-10",
    }


def test_an_instance_without_users_gives_an_empty_array(make_context: MakeContext) -> None:
    with ClerkServer() as clerk:
        context = make_context(clerk.url, key=clerk.key)
        assert export_users(context).count == 0
    assert exported(context) == []


@either_boundary
def test_all_users_of_one_moment_are_exported_once(clerk: ClerkServer, context: Context) -> None:
    clerk.replace(user(number) | {"created_at": 1_700_000_000_000} for number in range(1_200))
    export_users(context)
    assert sorted(exported(context)) == EVERYBODY[:1_200]


class DeafServer(ClerkServer):
    """Takes no notice of the cursor, as a proxy that drops parts of the query would have it."""

    def _page(self, query: dict[str, str]) -> bytes:
        return super()._page({name: value for name, value in query.items() if name != "starting_after"})


@either_boundary
def test_a_cursor_that_is_ignored_is_told_where_it_is_needed(clerk: ClerkServer, make_context: MakeContext) -> None:
    """501 users of one moment: without the cursor the same page would come for ever."""
    with DeafServer(map(user, range(USERS)), key=clerk.key, inclusive=clerk.inclusive) as deaf:
        context = make_context(deaf.url)
        export_users(context)
        assert exported(context) == EVERYBODY  # three users of each moment: their creation times suffice
        deaf.replace(user(number) | {"created_at": 1_700_000_000_000} for number in range(501))
        with pytest.raises(InputError, match="ignores starting_after"):
            export_users(context)


def test_a_lockout_that_counts_from_the_answer_becomes_a_moment(clerk: ClerkServer, context: Context) -> None:
    clerk.replace([user(1, locked=True, lockout_expires_in_seconds=600), user(2, locked=True)])
    export_users(context)
    timed, for_good = read_users(context.settings.json_file)
    assert timed.lockout_expires_in_seconds is None
    assert timed.lockout_expires_at is not None
    assert abs(timed.lockout_expires_at - exported_at_ms(context.settings.json_file) - 600_000) < 60_000
    assert for_good.lockout_expires_at is None


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=429, retry_after="0"),
        Fault("status", status=500),
        Fault("status", status=503, retry_after="0"),
        Fault("html", status=502),
        Fault("html", status=200),
        Fault("reset"),
        Fault("cut"),
        Fault("silence"),
        Fault("drip", seconds=0.2),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.status}-{fault.retry_after}",
)
def test_a_fault_costs_a_request_and_no_user(clerk: ClerkServer, context: Context, fault: Fault) -> None:
    for skip in (0, 2, 4):
        clerk.faults.append(Fault(fault.kind, fault.status, fault.retry_after, fault.seconds, skip=skip))
    export_users(context)
    assert not clerk.faults
    assert exported(context) == EVERYBODY


@pytest.mark.parametrize("retry_after", ["1", None, "Wed, 21 Oct 2015 07:28:00 GMT", "soon"])
def test_a_refusal_for_too_many_requests_is_waited_out(
    clerk: ClerkServer, context: Context, retry_after: str | None
) -> None:
    clerk.faults.append(Fault("status", status=429, retry_after=retry_after, skip=2))
    export_users(context)
    assert exported(context) == EVERYBODY


def test_an_answer_that_takes_too_long_is_asked_for_again(
    clerk: ClerkServer, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clerk_api, "REQUEST_SECONDS", 0.5)
    clerk.faults += [Fault("slow", seconds=1, path="/users/count"), Fault("drip", seconds=2, path="limit=500")]
    export_users(context)
    assert exported(context) == EVERYBODY


def test_clerks_rate_limit_is_kept(make_context: MakeContext) -> None:
    with ClerkServer(map(user, range(2_000)), limit=100) as clerk:
        context = make_context(clerk.url, key=clerk.key, retries=0)
        assert export_users(context).count == 2_000


@pytest.mark.parametrize("fault", ["status", "html", "reset", "cut"])
def test_faults_without_end_are_temporary_and_leave_the_earlier_file(
    clerk: ClerkServer, context: Context, fault: str
) -> None:
    export_users(context)
    before = context.settings.json_file.read_bytes()
    clerk.faults += [Fault(fault, status=503, path="limit=500") for _ in range(40)]  # type: ignore[arg-type]
    with pytest.raises(TemporaryError) as caught:
        export_users(context)
    assert caught.value.exit_code == 75
    assert context.settings.json_file.read_bytes() == before


def test_a_long_pause_is_left_to_the_next_run(clerk: ClerkServer, context: Context) -> None:
    clerk.faults.append(Fault("status", status=429, retry_after="7200"))
    with pytest.raises(TemporaryError, match="7200 seconds"):
        export_users(context)


def test_nobody_listening_is_temporary(make_context: MakeContext) -> None:
    with ClerkServer() as clerk:
        url = clerk.url
    with pytest.raises(TemporaryError, match="ConnectError"):
        export_users(make_context(url))


@pytest.mark.parametrize("path", ["/users/count", "limit=500"])
def test_a_refused_key_is_named_with_clerks_trace_id_and_not_shown(
    clerk: ClerkServer, context: Context, path: str
) -> None:
    clerk.faults.append(Fault("call", path=path, action=lambda: setattr(clerk, "key", "sk_live_other")))
    with pytest.raises(ClerkKeyError, match="clerk_trace_id trace_401_sandbox") as caught:
        export_users(context)
    assert caught.value.exit_code == 9
    assert "sk_live_sandbox" not in str(caught.value)


def test_a_wrong_address_of_the_api_is_a_setting_to_correct(clerk: ClerkServer, make_context: MakeContext) -> None:
    with pytest.raises(SettingsError, match="CLERK_API_URL"):
        export_users(make_context(clerk.url.replace("/v1", "/v7")))


def test_a_user_of_another_shape_is_named_by_its_path(clerk: ClerkServer, context: Context) -> None:
    clerk.replace([user(1), user(2, first_name=["sekret"])])
    with pytest.raises(InputError, match=r"\$\[.*first_name") as caught:
        export_users(context)
    assert "sekret" not in str(caught.value)


@either_boundary
def test_a_cursor_whose_user_is_deleted_costs_nobody_else(clerk: ClerkServer, context: Context) -> None:
    gone: list[str] = []

    def delete_the_cursor() -> None:
        cursor = next(t for t in reversed(clerk.requests) if "starting_after" in t).split("starting_after=")[1]
        gone.append(cursor.split("&")[0])
        clerk.remove(gone[0])

    clerk.faults.append(Fault("call", path="starting_after", action=delete_the_cursor))
    export_users(context)
    assert exported(context) == EVERYBODY  # the deleted one had been read
    assert gone[0] in EVERYBODY


@either_boundary
def test_who_signs_up_during_the_export_comes_along(clerk: ClerkServer, context: Context) -> None:
    late = [user(USERS + number) for number in range(700)]
    clerk.faults.append(Fault("call", path="limit=500", skip=5, action=lambda: list(map(clerk.add, late))))
    export_users(context)
    assert exported(context) == EVERYBODY + [one["id"] for one in late]


@either_boundary
def test_who_is_deleted_before_being_read_is_not_missed(clerk: ClerkServer, context: Context) -> None:
    clerk.faults.append(Fault("call", path="limit=500", action=lambda: clerk.remove(EVERYBODY[-1])))
    assert export_users(context).count >= USERS - 1
    assert exported(context)[: USERS - 1] == EVERYBODY[:-1]


class ForgetfulServer(ClerkServer):
    """Counts a user whom it never lists."""

    def _page(self, query: dict[str, str]) -> bytes:
        users = msgspec.json.decode(super()._page(query))
        return msgspec.json.encode([one for one in users if one["id"] != EVERYBODY[7]])


def test_a_short_export_is_no_export_and_the_next_one_begins_anew(make_context: MakeContext) -> None:
    with ForgetfulServer(map(user, range(20))) as clerk:
        context = make_context(clerk.url, key=clerk.key)
        with pytest.raises(TemporaryError, match="19 users found, Clerk counted 20"):
            export_users(context)
    assert list(context.settings.folder.iterdir()) == []


def test_a_signal_ends_the_export_at_once_and_the_next_run_goes_on(clerk: ClerkServer, context: Context) -> None:
    clerk.faults.append(Fault("call", path="limit=500", skip=3, action=lambda: signal.raise_signal(signal.SIGTERM)))
    clerk.faults += [Fault("silence", seconds=60, path="limit=500") for _ in range(4)]
    with pytest.raises(StoppedError) as caught:
        export_users(context)
    assert caught.value.exit_code == 143
    assert not context.settings.json_file.exists()
    assert list((context.settings.folder / ".export").glob("part-*"))
