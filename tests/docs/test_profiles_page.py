"""The page on profiles: every command on it is run, every key explained, every example sound."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from assets.profile_targets import wrong_targets
from schemas.profile import Profile, Rows, Source
from schemas.profile_keys import PARTS, Key, Part
from schemas.tables import TABLES
from tests.docs.test_first_delivery import as_pattern
from tests.support.command import imsct

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "profiles.md"
KEYS = [
    pytest.param(part, name, key, id=f"{part.model.__name__}.{name}")
    for part in PARTS
    for name, key in part.keys.items()
]


def steps() -> list[tuple[str, str]]:
    """The commands of the page, each with what it says there."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found = re.split(r"^\$ ", "".join(blocks), flags=re.MULTILINE)
    return [(command, lines) for command, _, lines in (step.partition("\n") for step in found[1:])]


def said(command: str) -> str:
    """What a command says; ours in this process, which is quicker, any other by the shell."""
    words, _, file = command.partition(" > ")
    if not words.startswith("imsct "):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
        return done.stdout
    ran = imsct(*shlex.split(words)[1:])
    if file:
        Path(file).write_text(ran.out, encoding="utf-8")
        return ""
    out = (ran.err if ran.exit > 1 else ran.out).rstrip("\n") + "\n"
    return out + (f"(exit {ran.exit})\n" if ran.exit else "")


def test_the_page_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From an export that no profile knows to a delivery in the landing zone."""
    shutil.copytree(DOCS / "ward-export", tmp_path / "docs" / "ward-export")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IMSCT_HOME", raising=False)
    shown = steps()
    assert len(shown) == 17
    for command, lines in shown:
        found = said(command)
        expected = as_pattern(lines.splitlines())
        assert re.fullmatch(expected, found.rstrip("\n")), (command, lines, found)
    left = "".join(p.read_text() for p in (tmp_path / "delivery-2").iterdir())
    assert "270" in left, "four hours and a half in minutes"
    texts = ("Muster", "Beispiel", "SIM-10", "unauffällig", "1964", "2012")
    assert [text for text in texts if text in left] == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.model.__name__)
def test_every_key_has_its_text_and_no_text_is_left_over(part: Part) -> None:
    assert list(part.keys) == list(part.model.model_fields)


@pytest.mark.parametrize(("part", "name", "key"), KEYS)
def test_every_example_is_what_the_key_takes(part: Part, name: str, key: Key) -> None:
    assert key.says.endswith(".")
    assert key.refused
    ((first, value),) = yaml.safe_load(key.example).items()
    if part.model is not Source:
        assert first == name
        return
    table = next(table for table in TABLES if first in table.by_name)
    assert name in Source.model_validate(value).model_fields_set
    rows = {"table": table.name, "columns": {first: value}, "unlisted": "not_recorded"}
    assert wrong_targets({"files": [{"rows": [rows]}]}) == []
    Rows.model_validate(rows)


def test_the_parts_are_those_that_a_profile_is_made_of() -> None:
    assert PARTS[0].model is Profile
