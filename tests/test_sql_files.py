"""A statement's file is read in one way."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
READERS = {"job/lobechat/session/sql.py", "job/lobechat/session/temporary.py"}  # the second reads them by folder


def test_only_read_sql_opens_a_statements_file() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in (ROOT / "job").rglob("*.py")}
    assert {name for name, text in texts.items() if '.sql"' in text and "read_text" in text} == READERS
