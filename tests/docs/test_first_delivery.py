"""The page for a data manager: every command on it is run, every output compared.

On the page `...` stands for lines that may be there, `<snapshot>` for an id, `(exit 1)` for an exit
code other than 0. What a command says is its stdout, or its stderr where it ends with 2 or more.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.tables import TABLES

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGE = DOCS / "first-delivery.md"
EXAMPLE = DOCS / "first-delivery"


def commands() -> list[tuple[str, list[str]]]:
    """The commands of the page with the lines that follow each."""
    blocks = re.findall(r"```console\n(.*?)```", PAGE.read_text(), re.DOTALL)
    found: list[tuple[str, list[str]]] = []
    for line in "".join(blocks).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def said(command: str, folder: Path) -> list[str]:
    """What a command says in a folder, line by line, and its exit code where it is not 0."""
    environment = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    environment.pop("IMSCT_HOME", None)
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, env=environment
    )
    lines = (done.stderr if done.returncode > 1 else done.stdout).splitlines()
    return [*lines, *([f"(exit {done.returncode})"] if done.returncode else [])]


def as_pattern(lines: list[str]) -> str:
    """The page's lines as an expression over what is said."""
    whole = "\n".join(lines)
    pattern = re.escape(whole).replace(re.escape("<snapshot>"), "[0-9a-f]{16}")
    return pattern.replace(re.escape("...\n"), r"(?:.*\n)*?")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as a checkout would be: the example, and `imsct` on the path."""
    shutil.copytree(EXAMPLE, tmp_path / "docs" / "first-delivery")
    command = tmp_path / "bin" / "imsct"
    command.parent.mkdir()
    root = DOCS.parent
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -c '
        '"from orchestration.cli import main; main()" "$@"\n'
    )
    command.chmod(0o755)
    return tmp_path


@pytest.mark.slow
@pytest.mark.xdist_group("page")
def test_the_page_is_true(folder: Path) -> None:
    shown = commands()
    assert len(shown) > 10
    for command, lines in shown:
        found = said(command, folder)
        assert re.fullmatch(as_pattern(lines), "\n".join(found)), (command, lines, found)
    assert (folder / "dictionary.md").stat().st_size > 10_000
    changed = [
        path.name
        for path in (folder / "my-delivery").iterdir()
        if path.read_bytes() != (EXAMPLE / path.name).read_bytes()
    ]
    assert changed == ["pathology.csv"], "only the row that was corrected"


def test_the_example_has_a_file_with_the_right_header_for_every_table() -> None:
    assert sorted(path.name for path in EXAMPLE.iterdir()) == sorted(
        f"{table.name}.csv" for table in TABLES
    )
    for table in TABLES:
        header = (EXAMPLE / f"{table.name}.csv").read_text().partition("\n")[0]
        assert header.split(",") == list(table.names), table.name


def test_every_id_of_the_example_says_that_it_is_simulated() -> None:
    for table in TABLES:
        for line in (EXAMPLE / f"{table.name}.csv").read_text().splitlines()[1:]:
            assert line.startswith("SIM_NORTH"), (table.name, line)
