"""How a generation is named by those who compare it."""

from pathlib import Path

import pytest

from graph.home import Home

IDS = ("000001-aaaa0000", "000002-bbbb0000", "000010-cccc0000")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that keeps three generations, of which nothing is known but their names."""
    home = Home(tmp_path)
    for name in IDS:
        (home.generations / name).mkdir(parents=True)
        (home.generations / name / "run.json").write_text("{}", encoding="ascii")
    return home


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latest", IDS[2]),
        ("latest^", IDS[1]),
        ("latest^^", IDS[0]),
        (IDS[1], IDS[1]),
        ("000002", IDS[1]),
        ("00001", IDS[2]),
    ],
)
def test_a_name_means_one_generation(home: Home, text: str, expected: str) -> None:
    assert home.named(text) == expected


@pytest.mark.parametrize("text", ["latest^^^", "latest^^^^^", "00000", "000003", "nothing", "", "^", "../000001"])
def test_any_other_name_lists_those_that_are_kept(home: Home, text: str) -> None:
    with pytest.raises(LookupError, match="000001-aaaa0000, 000002-bbbb0000, 000010-cccc0000"):
        home.named(text)


def test_nothing_is_kept_in_an_empty_home(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="none"):
        Home(tmp_path / "empty").named("latest")
