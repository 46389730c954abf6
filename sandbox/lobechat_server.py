"""A small LobeChat 2: a real HTTP server that answers from a real database as LobeChat's public endpoints do.

LobeChat's own routes (version, check-user, resolve-username, the list of conversations) and Better Auth's, with its
rate limits and its rule on cookies and origins.  `python -m sandbox lobechat-server` runs it as a process of its own.
"""

import json
import ssl
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

from sandbox.better_auth import COOKIE, SERVER_ERROR, BetterAuth
from sandbox.lobechat_behaviour import Answer, Behaviour, Request, begins, meet_fault
from sandbox.lobechat_rows import LobeChatRows, unsign

__all__ = ["Behaviour", "LobeChatServer"]


class Asked(NamedTuple):
    """One request that came: when (monotonic seconds), what, and with which status it was answered."""

    moment: float
    method: str
    path: str
    body: bytes
    status: int


class LobeChatServer:
    """The server; `with LobeChatServer(database_url) as lobechat` runs it in a thread of its own.

    `asked` holds the requests that came; `before_answer`, where it is set, is called with the path of each.  `tls`: it
    is served by https.
    """

    def __init__(
        self,
        database_url: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        behaviour: Behaviour | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.behaviour = behaviour or Behaviour()
        self.rows = LobeChatRows(database_url)
        self.asked: list[Asked] = []
        self.before_answer: Callable[[str], object] | None = None
        self._server = ThreadingHTTPServer((host, port), _handler(self))
        self._server.daemon_threads = True
        self._scheme = "http" if tls is None else "https"
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self.better_auth = BetterAuth(self.behaviour, self.rows, self.url)

    @property
    def url(self) -> str:
        """The address that people type: LobeChat's APP_URL."""
        host, port = self._server.server_address[:2]
        return f"{self._scheme}://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve_forever(self) -> None:
        """Serve in this thread until KeyboardInterrupt."""
        self._server.serve_forever()

    def answer(self, request: Request) -> Answer:
        """What LobeChat says to one request."""
        match request.path:
            case "/api/version":
                return Answer(200, {"version": self.behaviour.version})
            case "/api/auth/check-user":
                return self._check_user(str(request.body.get("email", "")).strip())
            case "/api/auth/resolve-username":
                email = self.rows.email_of(str(request.body.get("username", "")).strip())
                return Answer(200, {"exists": True, "email": email} if email else {"exists": False})
            case "/trpc/lambda/session.getGroupedSessions":
                return self._list_conversations(request)
        return self.better_auth.answer(request) if begins(request.path, "/api/auth/") else Answer(404, {})

    def _check_user(self, typed: str) -> Answer:
        found = self.rows.find(typed if self.behaviour.capitals_matter else typed.lower())
        if found is None:
            return Answer(200, {"exists": self.behaviour.knows_everybody})
        return Answer(200, {"exists": True, "hasPassword": bool(found.password)})

    def _list_conversations(self, request: Request) -> Answer:
        if self.behaviour.application_fails:
            return Answer(SERVER_ERROR, {"error": {"json": {"message": "an internal error"}}})
        user_id = self.rows.user_of(request.session)
        rows = self.rows.conversations(user_id) if user_id else []
        sessions = [{"id": one, "title": title} for one, title in rows]
        return Answer(200, {"result": {"data": {"json": {"sessionGroups": [], "sessions": sessions}}}})


def _handler(server: LobeChatServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        lobechat = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    """HTTP on one side, `LobeChatServer.answer` on the other; faults in between."""

    protocol_version = "HTTP/1.1"
    lobechat: LobeChatServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        """Say nothing: `asked` holds what came."""

    def _serve(self) -> None:
        server, moment, path = self.lobechat, time.monotonic(), urlsplit(self.path).path
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if server.before_answer is not None:
            server.before_answer(path)
        time.sleep(server.behaviour.seconds)
        status, body, headers = meet_fault(server.behaviour, path) or self._answer(path, text)
        server.asked.append(Asked(moment, self.command, path, text, status))
        self.send_response(status)
        for name, value in (*headers, ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, path: str, text: bytes) -> tuple[int, bytes, list[tuple[str, str]]]:
        origin, cookie = (self.headers.get(name, "") for name in ("Origin", "Cookie"))
        sent = json.loads(text) if text else {}
        request = Request(self.command, path, sent, self.client_address[0], origin, cookie, _read_session(cookie))
        answer = self.lobechat.answer(request)
        body = b"" if answer.status == SERVER_ERROR and answer.body is None else json.dumps(answer.body).encode()
        if begins(path, self.lobechat.behaviour.broken_json):
            body = body[: len(body) // 2]
        return answer.status, body, [("Content-Type", "application/json"), *answer.headers]


def _read_session(cookie: str) -> str:
    pairs = (pair.strip().partition("=") for pair in cookie.split(";"))
    return next((unsign(value) for name, _, value in pairs if name == COOKIE), "")
