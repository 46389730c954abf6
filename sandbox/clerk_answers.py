"""Answers of Clerk's Backend API, and how they look on the wire."""

from typing import NamedTuple

import msgspec


class Answer(NamedTuple):
    """Status, body and what else goes into the head."""

    status: int
    body: bytes
    content_type: str = "application/json"
    retry_after: str | None = None


def error(status: int, code: str, message: str, *, retry_after: str | None = None) -> Answer:
    """An error in Clerk's shape."""
    errors = [{"message": message, "long_message": message, "code": code}]
    body = msgspec.json.encode({"errors": errors, "clerk_trace_id": f"trace_{status}_sandbox"})
    return Answer(status, body, retry_after=retry_after)


def head(answer: Answer) -> bytes:
    """The answer's status line and headers."""
    lines = [
        f"HTTP/1.1 {answer.status} -",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body)}",
    ]
    if answer.retry_after is not None:
        lines.append(f"Retry-After: {answer.retry_after}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
