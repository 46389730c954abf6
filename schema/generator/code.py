"""The catalog's words for columns, constraints and indexes as the Python that a revision is written in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES = {
    "bigint": "sa.BigInteger",
    "boolean": "sa.Boolean",
    "date": "sa.Date",
    "double precision": "sa.Double",
    "integer": "sa.Integer",
    "jsonb": "JSONB",
    "numeric": "sa.Numeric",
    "real": "sa.REAL",
    "smallint": "sa.SmallInteger",
    "text": "sa.Text",
    "timestamp with time zone": "TIMESTAMPTZ",
    "timestamp without time zone": "sa.DateTime",
    "uuid": "sa.Uuid",
}
SIZED = {"character varying": "sa.String", "numeric": "sa.Numeric", "vector": "Vector"}
LITERAL = re.compile(r"'((?:[^']|'')*)'::(?:text|character varying|jsonb)(?:\[\])?")
TEXT_CAST = re.compile(r"'::text(?!\[)")
PARAMETER, COLON = re.compile(r"(?<!:):(?=[A-Za-z_])"), r"\\:"

FOREIGN_KEY = re.compile(
    r"FOREIGN KEY \((?P<columns>[^)]*)\) REFERENCES (?P<table>\w+)\((?P<referred>[^)]*)\)"
    r"(?: ON UPDATE (?P<onupdate>CASCADE|RESTRICT|SET NULL|SET DEFAULT))?"
    r"(?: ON DELETE (?P<ondelete>CASCADE|RESTRICT|SET NULL|SET DEFAULT))?"
)
KEY = re.compile(r"(?P<kind>PRIMARY KEY|UNIQUE) \((?P<columns>[^)]*)\)")
CHECK = re.compile(r"CHECK \((?P<condition>.*)\)", re.DOTALL)
INDEX = re.compile(
    r"CREATE (?P<unique>UNIQUE )?INDEX \S+ ON \S+ USING (?P<method>\w+) \((?P<rest>.*)\Z",
    re.DOTALL,
)


class UnknownFormError(Exception):
    """A form that no revision needed so far: teach it to this module, or write that statement by hand."""


def type_code(type_: str) -> str:
    """Return `sa.String(255)` for `character varying(255)`.  Raises UnknownFormError."""
    if type_.endswith("[]"):
        return f"ARRAY({type_code(type_[:-2])})"
    name, _, size = type_.removesuffix(")").partition("(")
    if size and name in SIZED:
        return f"{SIZED[name]}({size.replace(',', ', ')})"
    if type_ in TYPES:
        return TYPES[type_]
    raise UnknownFormError(type_)


def default_code(default: str) -> str:
    """Return what stands behind `server_default=`."""
    literal = LITERAL.fullmatch(default)
    if literal is not None:
        return repr(literal[1].replace("''", "'"))
    if default in {"true", "false"}:
        return f"sa.{default}()"
    return "sa.func.now()" if default == "now()" else text_code(default)


def text_code(sql: str) -> str:
    """Return a piece of SQL; a colon before a word would be taken for a parameter."""
    return f"sa.text({PARAMETER.sub(COLON, _plain(sql))!r})"


def column_code(name: str, column: Mapping[str, Any], *, primary_key: bool = False) -> str:
    """Return the `sa.Column`, or `timestamp(…)` for one that tells when something happened to the row."""
    if column == {"type": "timestamp with time zone", "nullable": False, "default": "now()"}:
        return f"timestamp({name!r})"
    parts = [repr(name), type_code(column["type"])]
    if "identity" in column:
        parts.append("sa.Identity(always=True)" if column["identity"] == "always" else "sa.Identity()")
    if "default" in column:
        parts.append(f"server_default={default_code(column['default'])}")
    if primary_key:
        parts.append("primary_key=True")
    elif not column["nullable"]:
        parts.append("nullable=False")
    return f"sa.Column({', '.join(parts)})"


def constraint_code(name: str, definition: str) -> str:
    """Return the constraint as `create_table` takes it."""
    if key := KEY.fullmatch(definition):
        kind = "sa.PrimaryKeyConstraint" if key["kind"] == "PRIMARY KEY" else "sa.UniqueConstraint"
        return f"{kind}({', '.join(map(repr, names(key['columns'])))}, name={name!r})"
    if check := CHECK.fullmatch(definition):
        return f"sa.CheckConstraint({_condition(check['condition'])}, name={name!r})"
    foreign = _foreign_key(definition)
    referred = [f"{foreign['table']}.{column}" for column in names(foreign["referred"])]
    return f"sa.ForeignKeyConstraint({names(foreign['columns'])}, {referred}, name={name!r}{_actions(foreign)})"


def add_constraint_code(table: str, name: str, definition: str) -> str:
    """Return the operation that adds the constraint to a table that is there."""
    if key := KEY.fullmatch(definition):
        kind = "primary_key" if key["kind"] == "PRIMARY KEY" else "unique_constraint"
        return f"op.create_{kind}({name!r}, {table!r}, {names(key['columns'])})"
    if check := CHECK.fullmatch(definition):
        return f"op.create_check_constraint({name!r}, {table!r}, {_condition(check['condition'])})"
    foreign = _foreign_key(definition)
    columns = f"{names(foreign['columns'])}, {names(foreign['referred'])}"
    return f"op.create_foreign_key({name!r}, {table!r}, {foreign['table']!r}, {columns}{_actions(foreign)})"


def index_code(table: str, name: str, definition: str) -> str:
    """Return the operation that makes the index."""
    found = INDEX.fullmatch(definition)
    if found is None:
        raise UnknownFormError(definition)
    elements, _, where = found["rest"].partition(") WHERE ")
    options = ["unique=True"] if found["unique"] else []
    if found["method"] != "btree":
        options.append(f"postgresql_using={found['method']!r}")
    columns, classes = [], {}
    for element in split(elements if where else elements.removesuffix(")")):
        column, _, operators = element.partition(" ")
        if operators.startswith("vector_"):
            classes[column] = f"pgvector.{operators}"
        columns.append(repr(column) if re.fullmatch(r"\w+", element) or column in classes else text_code(element))
    if classes:
        options.append(f"postgresql_ops={classes}")
    if where:
        options.append(f"postgresql_where={text_code(without_parentheses(where))}")
    parts = [repr(name), repr(table), f"[{', '.join(columns)}]", *options]
    return f"op.create_index({', '.join(parts)})"


def references(definition: str) -> str | None:
    """Return the table that a foreign key points to; None for another constraint."""
    found = FOREIGN_KEY.fullmatch(definition)
    return found["table"] if found else None


def names(columns: str) -> list[str]:
    """Return the columns of `a, "b"`."""
    return [column.strip().strip('"') for column in columns.split(",")]


def split(elements: str) -> list[str]:
    """Split at the commas that stand in no parentheses."""
    return list(_split(elements))


def without_parentheses(sql: str) -> str:
    """Return SQL without the parentheses that enclose it whole."""
    if not sql.startswith("("):
        return sql
    depth = 0
    for place, sign in enumerate(sql):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return sql[1:-1] if place == len(sql) - 1 else sql
    raise UnknownFormError(sql)


def _split(elements: str) -> Iterator[str]:
    depth, start = 0, 0
    for place, sign in enumerate(elements):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            yield elements[start:place].strip()
            start = place + 1
    yield elements[start:].strip()


def _condition(condition: str) -> str:
    plain = _plain(without_parentheses(condition))
    return repr(plain) if ":" not in plain.replace("::", "") else text_code(plain)


def _plain(sql: str) -> str:
    """Return SQL without the type that the catalog puts behind every literal."""
    return TEXT_CAST.sub("'", sql)


def _foreign_key(definition: str) -> re.Match[str]:
    found = FOREIGN_KEY.fullmatch(definition)
    if found is None:
        raise UnknownFormError(definition)
    return found


def _actions(foreign: re.Match[str]) -> str:
    return "".join(f", {kind}={foreign[kind]!r}" for kind in ("onupdate", "ondelete") if foreign[kind])
