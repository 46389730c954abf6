"""The page's colours can be told from what is behind them: on the screen, light and dark, and on paper."""

import re
from pathlib import Path

import pytest

import job.report

STYLE = (Path(job.report.__file__).parent / "style.css").read_text()
TEXT = ("ink", "soft", "good", "calm", "pause", "bad", "link")
SHAPES = ("password", "sso", "password_or_sso", "set_password", "no_way_in", "shut_out")
# WCAG 2.2: 1.4.3 for text, 1.4.11 for what is drawn
LEAST_FOR_TEXT, LEAST_FOR_SHAPES = 4.5, 3.0


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", css))


LIGHT = colours(STYLE.partition("@media")[0])
DARK = LIGHT | colours(STYLE.partition("@media screen and (prefers-color-scheme: dark)")[2].partition("\n}\n")[0])
PAPER = LIGHT | colours(STYLE.partition("@media print")[2])


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("medium", [LIGHT, DARK, PAPER], ids=["light", "dark", "paper"])
@pytest.mark.parametrize("name", [*TEXT, *SHAPES])
def test_it_stands_out(medium: dict[str, str], name: str) -> None:
    least = LEAST_FOR_TEXT if name in TEXT else LEAST_FOR_SHAPES
    assert min(contrast(medium[name], medium[behind]) for behind in ("paper", "card")) >= least


def test_dark_has_every_colour_of_its_own_and_stays_on_the_screen() -> None:
    assert {name for name in LIGHT if LIGHT[name] == DARK[name]} == set()
    assert "@media (prefers-color-scheme" not in STYLE


def test_paper_gets_the_colours_as_they_are() -> None:
    assert "* { -webkit-print-color-adjust: exact; print-color-adjust: exact; }" in STYLE.partition("@media print")[2]
