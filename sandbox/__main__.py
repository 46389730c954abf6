"""`python -m sandbox`: fill a LobeChat database, write the CSV, or serve the simulated Clerk, each on its own."""

import argparse
import sys
from pathlib import Path

from sandbox.clerk_csv import write_csv
from sandbox.clerk_server import KEY, ClerkServer
from sandbox.lobechat import create_lobechat, fill_lobechat
from sandbox.population import people


def main(arguments: list[str]) -> int:
    """Run one of the three commands."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    lobechat = commands.add_parser("lobechat", help="bring an empty database to LobeChat 1.143 and fill it")
    lobechat.add_argument("--url", required=True, help="libpq URI")
    csv = commands.add_parser("csv", help="write the dashboard's export")
    csv.add_argument("--file", type=Path, required=True)
    clerk = commands.add_parser("clerk", help="serve the simulated Backend API")
    clerk.add_argument("--port", type=int, default=8080)
    clerk.add_argument("--host", default="127.0.0.1")
    clerk.add_argument("--key", default=KEY)
    clerk.add_argument("--limit", type=int, help="requests in ten seconds")
    clerk.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    for command in (lobechat, csv, clerk):
        command.add_argument("--users", type=int, default=1000)
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--conflicts", action="store_true", help="three pairs of users who clash")
    return _run(parser.parse_args(arguments))


def _run(options: argparse.Namespace) -> int:
    population = people(options.users, options.seed, conflicts=options.conflicts)
    if options.command == "lobechat":
        create_lobechat(options.url)
        print(f"{fill_lobechat(options.url, population)} users in LobeChat")  # noqa: T201 - a command's answer
    elif options.command == "csv":
        print(f"{write_csv(options.file, population)} users in the CSV")  # noqa: T201
    else:
        users = (person.api for person in population if person.api is not None)
        server = ClerkServer(
            users, key=options.key, limit=options.limit, latency=options.latency, port=options.port, host=options.host
        )
        print(f"serving on {options.host}:{options.port}", flush=True)  # noqa: T201
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
