"""Imports point one way: a package uses those before it in the list, and never one that comes after."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = (  # docs/architecture.md; what stands in one line is independent of each other
    ("schema",),
    ("job.core",),
    ("job.lobechat_env",),
    ("job.settings",),
    ("job.context",),
    ("job.clerk",),
    ("job.mapping",),
    ("job.lobechat",),
    ("job.report",),
    ("job.preflight", "job.smoke"),
    ("job.stages",),
    ("job.run", "job.usage"),
    ("job.__main__",),
    ("sandbox",),
    ("bench", "tests"),
)
RANKS = {name: rank for rank, names in enumerate(ORDER) for name in names}
STANDS_ALONE = {"schema", "job.core"}
MODULES = sorted(path for folder in ("job", "schema", "sandbox") for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def package_of(module: str) -> str:
    return max((name for name in RANKS if f"{module}.".startswith(f"{name}.")), key=len, default="")


def imports_of(path: Path) -> Iterator[str]:
    """Every module of the project that this one imports, also inside functions and for types alone."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_comes_before_it(path: Path) -> None:
    package = package_of(name_of(path))
    assert package or name_of(path) == "job", f"{name_of(path)} has no place in the order"
    for imported in imports_of(path):
        other = package_of(imported)
        if not other or other == package:
            continue
        assert RANKS[other] < RANKS[package], f"{name_of(path)} imports {imported}"
        assert package not in STANDS_ALONE, f"{name_of(path)} imports {imported}, and {package} stands alone"


@pytest.mark.parametrize("path", sorted((ROOT / "tests").rglob("*.py")), ids=name_of)
def test_what_several_folders_of_tests_share_is_in_tests_support(path: Path) -> None:
    """And no test uses a conftest as a library."""
    own = f"tests.{path.relative_to(ROOT / 'tests').parts[0]}."
    for imported in imports_of(path):
        assert ".conftest." not in f"{imported}."
        assert not imported.startswith("tests.") or imported.startswith((own, "tests.support."))
