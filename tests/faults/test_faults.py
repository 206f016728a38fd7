"""Every folder beside this file: an input made by its `make.py`, and exactly its problems.

Belongs here: the one test over the folders.
Does not belong here: the inputs and what is expected of them.
The folders are rows of the catalogue of faults; a fault is mended together with its folder.
"""

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.site_key import make_key
from orchestration.listing import problem_lines
from schemas.problems import Problem
from tests.support.command import Ran, imsct
from tests.support.folders import fingerprint
from tests.support.lines import accounts, kept_files, run_commands
from warehouse.home import Home
from warehouse.ledger import Ledger

HERE = Path(__file__).parent
ALL = sorted(path.name for path in HERE.iterdir() if (path / "make.py").exists())
#: Run as a process of their own too: another exit code each.
AS_PROCESS = ["A4-swapped-columns", "A9-byte-order-mark", "A15-other-bytes"]

_opened: list[str] | None = None


def _note_opened(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook; it cannot be removed again, so it notes nothing unless asked."""
    if event == "open" and _opened is not None:
        _opened.append(str(arguments[0]))


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """Every path that is opened while the test runs."""
    global _opened
    if not getattr(_note_opened, "is_there", False):
        sys.addaudithook(_note_opened)
        _note_opened.is_there = True  # type: ignore[attr-defined]
    _opened = []
    yield _opened
    _opened = None


def made(case: str, tmp_path: Path) -> Path:
    """The folder that a case's script makes."""
    folder = tmp_path / "delivery"
    folder.mkdir()
    spec = importlib.util.spec_from_file_location("make", HERE / case / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make: Callable[[Path], None] = module.make
    make(folder)
    return folder


def expected_of(case: str) -> dict[str, Any]:
    """What the case must give."""
    found: dict[str, Any] = json.loads((HERE / case / "expected.json").read_text(encoding="utf-8"))
    return found


#: One command on a folder, or several on a home.
CASES = [case for case in ALL if "command" in expected_of(case)]
LINES = [case for case in ALL if "commands" in expected_of(case)]


def command_of(expected: dict[str, Any], folder: Path, case: str) -> list[str]:
    """The arguments of the command, paths in their place; a key is made where one is named."""
    words = expected["command"].split()[1:]
    beside = folder.parent
    paths = {"DIR": folder, "OUT": beside / "out", "KEY": beside / "key"}
    if "KEY" in words:
        make_key(paths["KEY"])
    place = f"{HERE / case}/"
    return [str(paths.get(word, word.replace("CASE/", place))) for word in words]


def demand(ran: Ran, expected: dict[str, Any]) -> None:
    """Demand exactly what is expected, in words that repeat nothing they must not."""
    found = json.loads(ran.out)
    places = [{k: p[k] for k in ("file", "line", "column", "rule")} for p in found["problems"]]
    assert sorted(places, key=str) == sorted(expected["problems"], key=str)
    counts = {name: found[name] for name in ("accepted", "quarantined", "received")}
    assert counts == {name: expected[name] for name in counts}
    assert counts["accepted"] + counts["quarantined"] == counts["received"]
    assert ran.exit == expected["exit"]
    assert ran.err == ""
    text = in_words([Problem(**problem) for problem in found["problems"]])
    for hidden in expected["absent"]:
        assert hidden not in text + ran.out
    assert (text + ran.out).replace("\n", "").isprintable()
    assert "Traceback" not in text + ran.out + ran.err


def in_words(problems: list[Problem]) -> str:
    """Problems as they are printed; each says what, and what to do, in sentences."""
    for problem in problems:
        assert problem.message.endswith((".", "?"))
        assert problem.suggestion.endswith((".", "?"))
    return "\n".join(problem_lines(problems))


@pytest.mark.parametrize("case", CASES)
def test_faults(case: str, tmp_path: Path, opened: list[str]) -> None:
    folder = made(case, tmp_path)
    expected = expected_of(case)
    before = fingerprint(folder)
    opened.clear()
    ran = imsct(*command_of(expected, folder, case))
    touched = {path for path in opened if "/etc/" in path or "passwd" in path}
    demand(ran, expected)
    assert fingerprint(folder) == before
    assert not touched, "nothing outside the delivery is opened"


@pytest.mark.parametrize("case", AS_PROCESS)
def test_faults_as_a_process(case: str, tmp_path: Path) -> None:
    folder = made(case, tmp_path)
    expected = expected_of(case)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from orchestration.cli import main; main()",
            *command_of(expected, folder, case),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(HERE.parent.parent)},
        check=False,
        timeout=60,
    )
    demand(Ran(done.returncode, done.stdout, done.stderr), expected)
    assert {path.name for path in tmp_path.iterdir()} == {"delivery"}


@pytest.mark.slow
@pytest.mark.parametrize("case", LINES)
def test_faults_through_the_line(case: str, tmp_path: Path) -> None:
    """Several commands on a fresh home; what must be absent is searched in every file of it."""
    folder = made(case, tmp_path)
    expected = expected_of(case)
    home = tmp_path / "home"
    before = fingerprint(folder)
    said = run_commands(expected, {"HOME": home, "DIR": folder})
    listed = imsct("quarantine", "--json", "--home", home)
    found = json.loads(listed.out)["problems"]
    places = {(p["site"], p["delivery"], p["file"], p["line"], p["rule"]) for p in found}
    assert places == {tuple(place) for place in expected["problems"]}
    assert accounts(home) == expected["list"]
    events = [event.kind for event in Ledger.open(Home(home).ledger).events()]
    assert events == expected["events"]
    fields = ("site", "delivery")
    text = in_words([Problem(**{k: p[k] for k in p if k not in fields}) for p in found])
    text += "".join(ran.out + ran.err for ran in (*said, listed))
    assert "Traceback" not in text
    for hidden in expected["absent"]:
        assert hidden not in text
        assert [p for p in kept_files(home) if hidden.encode() in p.read_bytes()] == []
    assert fingerprint(folder) == before


def test_every_folder_is_a_case() -> None:
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and "__" not in path.name}
    assert folders == {*CASES, *LINES}
    assert all((HERE / case / "expected.json").exists() for case in ALL)
