"""A `.env` gives the values that Docker Compose takes from it.

The expected values were printed by `docker compose config` (2.26) for a service with that file as `env_file`.
"""

from pathlib import Path

import pytest

from job.lobechat_env.env_file import EnvFileError, parse_env
from job.lobechat_env.environment import read_environment

AS_COMPOSE: dict[str, dict[str, str]] = {
    "A=x\n": {"A": "x"},
    "  A=1": {"A": "1"},
    "A = 1 \n": {"A": "1"},
    "A: 1\n": {"A": "1"},
    "A=\n": {"A": ""},
    'A=""\n': {"A": ""},
    "A=a b c\n": {"A": "a b c"},
    "A=1\r\nB=2\r\n": {"A": "1", "B": "2"},
    "\ufeffA=1\n": {"A": "1"},
    "A=x\nA=y\n": {"A": "y"},
    "A.B=1\n": {"A.B": "1"},
    "A-B=1\n": {"A-B": "1"},
    "1A=1\n": {"1A": "1"},
    "export A = 'l1\nl2'\n": {"A": "l1\nl2"},
    "export\tA=1\n": {"A": "1"},
    "exportA=1\n": {"exportA": "1"},
    "# c\n\n  # c\nA=1": {"A": "1"},
    "A=x # c\n": {"A": "x"},
    "A=x#c\n": {"A": "x#c"},
    "A=x\t#c\n": {"A": "x\t#c"},
    "A= # c\n": {"A": "# c"},
    "A=#c\n": {"A": "#c"},
    'A="x" # trailing\n': {"A": "x"},
    'A="a #b" # c\n': {"A": "a #b"},
    "A='x'# c\n": {"A": "x"},
    "A='x $B'\n": {"A": "x $B"},
    "A='a$$b'\n": {"A": "a$$b"},
    "A='a\\b'\n": {"A": "a\\b"},
    "A='it\\'s'\n": {"A": "it's"},
    'A="a\\"b"\n': {"A": 'a"b'},
    'A="a\\nb"\n': {"A": "a\nb"},
    'A="a\\tb\\\\c"\n': {"A": "a\tb\\c"},
    'A="a\\xb"\n': {"A": "a\\xb"},
    'A="a\\$B"\n': {"A": "a$B"},
    'A="l1\nl2"\n': {"A": "l1\nl2"},
    "A=\\n\n": {"A": "\\n"},
    "A=ab'c'd\n": {"A": "ab'c'd"},
    'A={"keys":[{"d":"x"}]}\n': {"A": '{"keys":[{"d":"x"}]}'},
    "A=p@ss:w/rd?x=1&y=2\n": {"A": "p@ss:w/rd?x=1&y=2"},
    "B=1\nA=x$B # c\n": {"B": "1", "A": "x1"},
    'B=1\nA="x ${B}"\n': {"B": "1", "A": "x 1"},
    "A=a$$b\n": {"A": "a$b"},
    'A="a$$b"\n': {"A": "a$b"},
    "A=a$1\n": {"A": "a$1"},
    "A=a$\n": {"A": "a$"},
    "A=${B:-d}\n": {"A": "d"},
    "A=${B-d}\n": {"A": "d"},
    "B=\nA=${B:-d}\n": {"B": "", "A": "d"},
    "B=\nA=${B-d}\n": {"B": "", "A": ""},
    "B=1\nA=${B:+r}\n": {"B": "1", "A": "r"},
    "A=${B+r}\n": {"A": ""},
    "A=${B:-${C:-z}}\n": {"A": "z"},
    "C=1\nA=${B:-$C}x\n": {"C": "1", "A": "1x"},
}


@pytest.mark.parametrize("text", AS_COMPOSE)
def test_a_file_gives_what_compose_takes_from_it(text: str) -> None:
    assert parse_env(text) == (AS_COMPOSE[text], frozenset())


@pytest.mark.parametrize("text", ["A\n", "A=$B\n", 'A="x ${B}"\n', "A=${B:?needed}\n", "A=1\nA=$B\n"])
def test_a_value_from_the_shell_that_starts_compose_is_known_to_be_hidden(text: str) -> None:
    assert parse_env(text) == ({}, frozenset({"A"}))


@pytest.mark.parametrize(
    ("text", "named"),
    [("X=1\n=canary\n", "line 2"), ('A="canary\nB=2\n', "line 1"), ("\n\nA='canary\n", "line 3"),
     ("A b=canary\n", "line 1"), ("A=${B!canary}\n", "A:"), ("A=${B\n", "A:")],
)  # fmt: skip
def test_what_compose_refuses_is_refused_by_its_place_without_a_value(text: str, named: str) -> None:
    with pytest.raises(EnvFileError) as caught:
        parse_env(text)
    assert named in str(caught.value)
    assert "canary" not in str(caught.value)


class TestFolders:
    def test_a_mounted_secret_gives_each_file_as_a_variable_with_its_whole_text(self, tmp_path: Path) -> None:
        """As the kubelet mounts it: files are links into a folder whose name begins with two dots."""
        data = tmp_path / "..2026_01_01"
        data.mkdir()
        for name, value in {"AUTH_SECRET": "s $x\n", "APP_URL": "https://chat.example"}.items():
            (data / name).write_text(value)
            (tmp_path / name).symlink_to(Path("..data") / name)
        (tmp_path / "..data").symlink_to(data.name)
        assert read_environment([tmp_path]).values == {"AUTH_SECRET": "s $x\n", "APP_URL": "https://chat.example"}

    def test_the_last_of_several_wins(self, tmp_path: Path) -> None:
        (tmp_path / "config").mkdir()
        (tmp_path / "config" / "A").write_text("folder")
        (tmp_path / ".env").write_text("A=file\nB\nC=1\n")
        (tmp_path / "more.env").write_text("B=2\nC\n")
        env = read_environment([tmp_path / "config", tmp_path / ".env", tmp_path / "more.env"])
        assert (env.values, env.hidden) == ({"A": "file", "B": "2"}, frozenset({"C"}))

    def test_no_representation_shows_a_value(self, tmp_path: Path) -> None:
        (tmp_path / "x.env").write_text("AUTH_SECRET=canary\n")
        assert "canary" not in repr(read_environment([tmp_path / "x.env"]))

    @pytest.mark.parametrize("make", ["missing", "binary", "large"])
    def test_what_cannot_be_read_is_named_by_its_path(self, tmp_path: Path, make: str) -> None:
        path = tmp_path / "x.env"
        if make != "missing":
            path.write_bytes(b"\xff\xfe" if make == "binary" else b"A=" + b"a" * 1_048_576)
        with pytest.raises(EnvFileError, match=r"x\.env"):
            read_environment([path])


def test_what_no_log_may_show(tmp_path: Path) -> None:
    (tmp_path / "x.env").write_text(
        "AUTH_SECRET=one-secret\nSMTP_PASS=two-secret\nDATABASE_URL=postgresql://u:three-secret@h/d\n"
        "ANY_PROXY=http://u:four-secret@h\nAPP_URL=https://chat.example\nAUTH_GOOGLE_ID=an-id\nSMTP_HOST=mail\n"
    )
    secrets = read_environment([tmp_path / "x.env"]).secrets()
    assert {"one-secret", "two-secret", "three-secret", "four-secret", "postgresql://u:three-secret@h/d"} == set(
        secrets
    )
