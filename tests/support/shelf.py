"""A web server that gives out the CSV."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support.serving import serving

Answer = tuple[int, dict[str, str], bytes]


class Shelf(ThreadingHTTPServer):
    """Gives its answers (status, headers, body) one after the other, the last one for ever.

    `on_ask` is called before each.
    """

    def __init__(self, *answers: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = list(answers)
        self.asked: list[str] = []
        self.on_ask: Callable[[], object] = bool


class Handler(BaseHTTPRequestHandler):
    """Serves the shelf."""

    server: Shelf

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.on_ask()
        answers = self.server.answers
        status, headers, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_CONNECT = do_GET  # noqa: N815 - a proxy that lets nobody through

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Keep quiet."""


@contextmanager
def open_shelf(*answers: Answer) -> Iterator[Shelf]:
    """Serve them on a free port."""
    with serving(Shelf(*answers)) as server:
        yield server
