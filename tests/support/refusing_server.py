"""A PostgreSQL server that refuses every connection with an error of its own, in its own language and encoding."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from tests.support.serving import serving

SSL_REQUEST = 80877103


class RefusingServer(socketserver.ThreadingTCPServer):
    """Answers each startup packet with the same bytes."""

    daemon_threads = True

    def __init__(self, sqlstate: str, severity: str, text: str, encoding: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        fields = (f"S{severity}", "VFATAL", f"C{sqlstate}", f"M{text}", "")
        body = b"".join(field.encode(encoding) + b"\0" for field in fields)
        self.answer = b"E" + (len(body) + 4).to_bytes(4) + body

    @property
    def url(self) -> str:
        """A libpq URI that leads here."""
        return f"postgresql://lobechat:canary@127.0.0.1:{self.server_address[1]}/lobechat"


class Handler(socketserver.StreamRequestHandler):
    """One connection."""

    def handle(self) -> None:
        server = cast("RefusingServer", self.server)
        length, kind = self._head()
        if kind == SSL_REQUEST:
            self.wfile.write(b"N")
            length, _ = self._head()
        self.rfile.read(length - 8)
        self.wfile.write(server.answer)

    def _head(self) -> tuple[int, int]:
        data = self.rfile.read(8)
        return int.from_bytes(data[:4]), int.from_bytes(data[4:])


@contextmanager
def refuse(sqlstate: str, severity: str, text: str, encoding: str = "utf-8") -> Iterator[RefusingServer]:
    """Serve on a free port."""
    with serving(RefusingServer(sqlstate, severity, text, encoding)) as server:
        yield server
