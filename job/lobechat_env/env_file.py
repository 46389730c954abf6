"""A `.env` file as Docker Compose reads it: comments, `export`, quotes, and `$NAME` put in.

The rules are those of Compose's documentation, "Set environment variables", "Env file syntax".
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_LINE = re.compile(
    r"""
    [^\S\n]* (?:export[^\S\n]+)? (?P<name>[\w.\-\[\]]+) [^\S\n]*
    (?: [=:] [^\S\n]*
        (?: '(?P<literal>(?:\\'|[^'])*)' [^\n]*
          | "(?P<quoted>(?:\\.|[^"\\])*)" [^\n]*
          | (?P<plain>(?!['"])[^\n]*) ) )?
    (?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_BLANK = re.compile(r"[^\S\n]*(?:\#[^\n]*)?(?:\n|\Z)")
_REFERENCE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<name>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?P<rule>:?[-+?])?)")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


class EnvFileError(ValueError):
    """The file cannot be read; the text names the line or the variable, and holds no value."""


class Parsed(NamedTuple):
    """The values of one file, and the variables whose value comes from elsewhere: it cannot be seen here."""

    values: dict[str, str]
    hidden: frozenset[str]


def parse_env(text: str) -> Parsed:
    """Every variable of a file; a later line wins.  Raises EnvFileError where Compose would refuse the file."""
    values: dict[str, str] = {}
    hidden: set[str] = set()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    place = 0
    while place < len(text):
        if blank := _BLANK.match(text, place):
            place = blank.end()
            continue
        line = _LINE.match(text, place)
        if line is None:
            raise EnvFileError(
                f"line {text.count(chr(10), 0, place) + 1} is not NAME=value, or its quote is not closed"
            )
        place = line.end()
        name = line["name"]
        value = _value(line, values)
        if value is None:
            hidden.add(name)
            values.pop(name, None)
        else:
            hidden.discard(name)
            values[name] = value
    return Parsed(values, frozenset(hidden))


def _value(line: re.Match[str], known: Mapping[str, str]) -> str | None:
    """The value of one line, or None where it comes from elsewhere."""
    if (literal := line["literal"]) is not None:
        return literal.replace("\\'", "'")
    if (quoted := line["quoted"]) is not None:
        # An escaped dollar is one that is doubled, and what follows it no reference.
        escaped = re.sub(r"\\(.)", lambda found: _unescape(found[1]), quoted, flags=re.DOTALL)
        return _put_in(line["name"], escaped, known)
    if (plain := line["plain"]) is not None:
        return _put_in(line["name"], plain.split(" #", 1)[0].rstrip(), known)
    return None


def _unescape(sign: str) -> str:
    return "$$" if sign == "$" else _ESCAPES.get(sign, f"\\{sign}")


def _put_in(name: str, text: str, known: Mapping[str, str]) -> str | None:
    """`text` with every reference replaced; None where one has neither value nor default."""
    parts: list[str] = []
    place = 0
    while (sign := text.find("$", place)) >= 0:
        parts.append(text[place:sign])
        reference = _REFERENCE.match(text, sign)
        if reference is None:  # a lone dollar stands for itself
            parts.append("$")
            place = sign + 1
            continue
        place = reference.end()
        if reference["braced"]:
            end = _closing_brace(name, text, place)
            word, place = text[place:end], end + 1
            part = _braced(name, reference, word, known)
        else:
            part = "$" if reference["dollar"] else known.get(reference["name"])
        if part is None:
            return None
        parts.append(part)
    return "".join([*parts, text[place:]])


def _braced(name: str, reference: re.Match[str], word: str, known: Mapping[str, str]) -> str | None:
    """The value of `${NAME}`, `${NAME:-default}`, `${NAME:+instead}` or `${NAME:?message}`."""
    rule = reference["rule"] or ""
    if word and not rule:
        raise EnvFileError(f"{name}: Compose cannot read what is inside ${{…}}")
    value = known.get(reference["braced"])
    given = bool(value) if rule.startswith(":") else value is not None
    if rule.endswith("-"):
        return value if given else _put_in(name, word, known)
    if rule.endswith("+"):
        return _put_in(name, word, known) if given else ""
    return value


def _closing_brace(name: str, text: str, place: int) -> int:
    depth = 1
    for position in range(place, len(text)):
        depth += (text[position] == "{") - (text[position] == "}")
        if depth == 0:
            return position
    raise EnvFileError(f"{name}: a {{ is not closed")
