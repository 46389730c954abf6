"""The simulated Clerk answers as the Backend API does."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.clerk_server import KEY, ClerkServer, Fault

USERS = 137


def user(number: int) -> dict[str, Any]:
    return {"id": f"user_{number:05d}", "created_at": 1_000 + number // 3}  # three at each moment


@pytest.fixture
def clerk() -> Iterator[ClerkServer]:
    with ClerkServer(user(number) for number in reversed(range(USERS))) as server:
        yield server


@pytest.fixture
def client(clerk: ClerkServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=clerk.url, headers={"Authorization": f"Bearer {KEY}"}) as client:
        yield client


def ids(client: httpx.Client, **query: Any) -> list[str]:
    return [one["id"] for one in client.get("/users", params=query).raise_for_status().json()]


def walk(client: httpx.Client, order: str, limit: int = 10, **query: Any) -> list[str]:
    """All ids, page after page by the cursor."""
    found: list[str] = []
    while True:
        page = ids(client, order_by=order, limit=limit, **query, **({"starting_after": found[-1]} if found else {}))
        found += page
        if len(page) < limit:
            return found


EVERYBODY = [f"user_{number:05d}" for number in range(USERS)]


@pytest.mark.parametrize(("order", "expected"), [("+created_at", EVERYBODY), ("-created_at", EVERYBODY[::-1])])
def test_the_cursor_neither_skips_nor_repeats(client: httpx.Client, order: str, expected: list[str]) -> None:
    assert walk(client, order) == expected


def test_the_cursor_holds_while_users_come_and_go(clerk: ClerkServer, client: httpx.Client) -> None:
    clerk.faults.append(Fault("call", skip=3, action=lambda: clerk.remove("user_00002")))
    clerk.faults.append(Fault("call", skip=5, action=lambda: clerk.add(user(200))))
    assert walk(client, "+created_at") == [*EVERYBODY, "user_00200"]


def test_the_newest_ten_come_by_default(client: httpx.Client) -> None:
    assert ids(client) == EVERYBODY[:-11:-1]


def test_offsets_page_in_both_directions(client: httpx.Client) -> None:
    assert ids(client, order_by="created_at", offset=130, limit=20) == EVERYBODY[130:]
    assert ids(client, offset=130, limit=20) == EVERYBODY[6::-1]
    assert ids(client, offset=500) == []


@pytest.mark.parametrize("inclusive", [False, True])
def test_creation_times_narrow_list_and_count(inclusive: bool) -> None:
    with ClerkServer(map(user, range(USERS)), inclusive=inclusive) as clerk:
        client = httpx.Client(base_url=clerk.url, headers={"Authorization": f"Bearer {KEY}"})
        with client:
            narrow = {"created_at_after": 1_010, "created_at_before": 1_020}
            expected = EVERYBODY[30:63] if inclusive else EVERYBODY[33:60]
            assert walk(client, "+created_at", **narrow) == expected
            assert walk(client, "-created_at", **narrow) == expected[::-1]
            count = client.get("/users/count", params=narrow).json()
            assert count == {"object": "total_count", "total_count": len(expected)}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 501},
        {"limit": "many"},
        {"offset": -1},
        {"order_by": "shoe_size"},
        {"starting_after": "user_00003", "offset": 0},
        {"starting_after": "nobody"},
        {"created_at_after": "yesterday"},
    ],
)
def test_what_cannot_be_read_is_refused_with_422(client: httpx.Client, query: dict[str, Any]) -> None:
    answer = client.get("/users", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "form_param_value_invalid")


def test_a_bare_plus_in_the_order_is_refused(client: httpx.Client) -> None:
    assert client.get("/users?order_by=+created_at").status_code == 422
    assert client.get("/users?order_by=%2Bcreated_at").status_code == 200


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk_test_other"}])
def test_a_wrong_key_is_refused_with_a_trace_id(clerk: ClerkServer, headers: dict[str, str]) -> None:
    answer = httpx.get(f"{clerk.url}/users", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["clerk_trace_id"]


def test_a_key_can_be_revoked_midway(clerk: ClerkServer, client: httpx.Client) -> None:
    clerk.faults.append(Fault("call", skip=2, action=lambda: setattr(clerk, "key", "sk_test_other")))
    assert [client.get("/users").status_code for _ in range(4)] == [200, 200, 401, 401]


def test_an_unknown_path_is_not_found(client: httpx.Client) -> None:
    assert client.get("/organizations").status_code == 404


def test_one_request_too_many_is_refused_with_retry_after(clerk: ClerkServer, client: httpx.Client) -> None:
    clerk.limit = 3
    answers = [client.get("/users") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10


def test_each_fault_happens_once_and_in_order(clerk: ClerkServer, client: httpx.Client) -> None:
    clerk.faults += [
        Fault("status", status=503, retry_after="7"),
        Fault("html", status=502),
        Fault("reset"),
        Fault("cut"),
        Fault("silence"),
        Fault("drip", seconds=0.01),
        Fault("slow", seconds=0.01),
    ]
    unavailable, page = client.get("/users"), client.get("/users")
    assert (unavailable.status_code, unavailable.headers["Retry-After"]) == (503, "7")
    assert (page.status_code, page.headers["Content-Type"]) == (502, "text/html")
    for _ in range(3):
        with pytest.raises(httpx.TransportError):
            client.get("/users")
    assert [len(ids(client)) for _ in range(3)] == [10, 10, 10]
    assert not clerk.faults


def test_a_fault_can_wait_for_its_path(clerk: ClerkServer, client: httpx.Client) -> None:
    clerk.faults.append(Fault("status", path="/count"))
    assert client.get("/users").status_code == 200
    assert client.get("/users/count").status_code == 500
    assert clerk.requests == ["/v1/users", "/v1/users/count"]


def test_changed_users_are_served_as_they_are_now(clerk: ClerkServer, client: httpx.Client) -> None:
    clerk.add(user(5) | {"banned": True})
    assert json.loads(client.get("/users", params={"limit": 500}).content)[-6] == user(5) | {"banned": True}
    clerk.replace([user(1)])
    assert ids(client) == ["user_00001"]


def test_users_are_found_by_their_ids_and_unknown_ids_are_passed_over(client: httpx.Client) -> None:
    wanted = EVERYBODY[5:8]
    assert sorted(ids(client, limit=100, user_id=[*wanted, "user_of_nobody"])) == wanted
    assert client.get("/users", params={"user_id": EVERYBODY[:101]}).status_code == 422
