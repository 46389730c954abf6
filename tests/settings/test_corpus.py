"""Every bad environment of the corpus is refused by name, with the hint and without its secrets."""

import shutil
from pathlib import Path

import pytest

from job.core.errors import SettingsError
from job.settings import load_settings

CORPUS = sorted((Path(__file__).parents[1] / "corpus" / "settings").glob("*.env"))


def test_corpus_is_there() -> None:
    assert len(CORPUS) >= 40


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_bad_environment_is_refused_by_name(path: Path, tmp_path: Path) -> None:
    shutil.copy(path, tmp_path / ".env")
    expected = path.read_text().splitlines()[0].removeprefix("# expects ")
    with pytest.raises(SettingsError) as caught:
        load_settings({}, tmp_path)
    problems = caught.value.details
    assert len(problems) == 1, problems
    name, _, hint = problems[0].partition(": ")
    assert name == expected
    assert hint
    texts = "\n".join((*problems, caught.value.message, caught.value.hint, repr(caught.value)))
    assert "canary" not in texts.lower()
