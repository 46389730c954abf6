"""`python -m sandbox`: fill a LobeChat database, write the CSV, serve Clerk or LobeChat 2, each on its own."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sandbox.clerk_csv import write_csv
from sandbox.clerk_process import READY
from sandbox.clerk_server import KEY, ClerkServer
from sandbox.population import Person, people


def main(arguments: list[str]) -> int:
    """Run one of the four commands."""
    options = _parser().parse_args(arguments)
    options.run(options, people(options.users, options.seed, conflicts=options.conflicts))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(required=True)
    lobechat = commands.add_parser("lobechat", help="bring an empty database to LobeChat 1.143 and fill it")
    lobechat.add_argument("--url", required=True, help="libpq URI")
    lobechat.set_defaults(run=_lobechat)
    csv = commands.add_parser("csv", help="write the dashboard's export")
    csv.add_argument("--file", type=Path, required=True)
    csv.set_defaults(run=_csv)
    clerk = commands.add_parser("clerk", help="serve the simulated Backend API")
    clerk.add_argument("--port", type=int, default=8080, help="0: any free one")
    clerk.add_argument("--host", default="127.0.0.1")
    clerk.add_argument("--key", default=KEY)
    clerk.add_argument("--limit", type=int, help="requests in ten seconds; Clerk: 1000, in development 100")
    clerk.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    clerk.set_defaults(run=_clerk)
    server = commands.add_parser("lobechat-server", help="serve LobeChat 2's public endpoints from a database")
    server.add_argument("--url", required=True, help="libpq URI of a database at LobeChat 2's revision")
    server.add_argument("--port", type=int, default=3210, help="0: any free one")
    server.add_argument("--host", default="127.0.0.1")
    server.add_argument("--providers", help="AUTH_SSO_PROVIDERS: google,github; several unless given")
    server.add_argument("--lobechat-version", default="2.1.16")
    server.add_argument("--leads-back-to", default="", help="the origin in the providers' redirect_uri; its own")
    server.add_argument("--better-auth-down", action="store_true")
    server.set_defaults(run=_lobechat_server)
    for command in (lobechat, csv, clerk, server):
        command.add_argument("--users", type=int, default=1000)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--conflicts", action="store_true", help="three pairs of users who clash")
    return parser


def _lobechat(options: argparse.Namespace, population: Iterator[Person]) -> None:
    from sandbox.lobechat import create_lobechat, fill_lobechat, has_users  # noqa: PLC0415 - Clerk needs no database

    if has_users(options.url):
        _say("LobeChat has users already; nothing was changed")
        return
    create_lobechat(options.url)
    _say(f"{fill_lobechat(options.url, population)} users in LobeChat")


def _csv(options: argparse.Namespace, population: Iterator[Person]) -> None:
    _say(f"{write_csv(options.file, population)} users in the CSV")


def _clerk(options: argparse.Namespace, population: Iterator[Person]) -> None:
    users = (person.api for person in population if person.api is not None)
    server = ClerkServer(
        users, key=options.key, limit=options.limit, latency=options.latency, port=options.port, host=options.host
    )
    server.serve_forever(lambda: _say(f"{READY}{server.host}:{server.port}"))


def _lobechat_server(options: argparse.Namespace, _: Iterator[Person]) -> None:
    from sandbox.lobechat_server import Behaviour, LobeChatServer  # noqa: PLC0415 - Clerk needs no database

    behaviour = Behaviour(
        version=options.lobechat_version,
        leads_back_to=options.leads_back_to,
        better_auth_down=options.better_auth_down,
    )
    if options.providers is not None:
        behaviour.providers = frozenset(options.providers.split(","))
    server = LobeChatServer(options.url, host=options.host, port=options.port, behaviour=behaviour)
    _say(f"{READY}{server.url.removeprefix('http://')}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command's answer


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
