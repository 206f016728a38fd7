"""Ten invented identifiers go into `imsct prepare`; none of them is found anywhere afterwards.

D8 of the catalogue: delivery, database with its log, ledger, Dagster's storage, received copies,
quarantine, published snapshot, temporary files, what was printed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from assets.site_key import make_key
from tests.support.command import Ran, imsct
from tests.support.dated import add_dated, clean_with_dates, set_dated

ROOT = Path(__file__).parents[2]
#: Name, listed name, hospital number, national number, phone, e-mail, date, postcode, ids.
CANARIES = (
    "Zwitscherling",
    "KANARIUS",
    "20831177",
    "9434765919",
    "7946 0958",
    "canary@clinic.example",
    "2021-03-04",
    "SW1A 1AA",
    "LOCAL-CASE-77",
    "RSSMRA85T10A562S",
)


def with_canaries(folder: Path) -> None:
    """The site's files: identifiers where they belong (ids, dates) and where they do not."""
    clean_with_dates(folder)
    for path in folder.iterdir():
        text = path.read_text().replace("C1,", "LOCAL-CASE-77,").replace("P1,", "20831177,")
        path.write_text(text.replace("R1,", "RSSMRA85T10A562S,"))
    texts = ("Dr. Zwitscherling", "KANARIUS, Tweety", "9434765919", "+44 20 7946 0958")
    for number, text in enumerate((*texts, "canary@clinic.example", "SW1A 1AA"), start=3):
        add_dated(folder, "pathology", like=2, pathology_id=f"H{number}", histology=text)
    set_dated(folder, "pathology", row=1, ki67_percent="2021-03-04")


def as_process(temporary: Path, *arguments: object) -> Ran:
    """Run `imsct` as an operator does; its temporary files go where they are searched."""
    done = subprocess.run(
        [sys.executable, "-c", "from orchestration.cli import main; main()", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.mark.slow
@pytest.mark.xdist_group("line")
def test_no_canary_is_found_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    raw, after = tmp_path / "raw", tmp_path / "after"
    raw.mkdir()
    after.mkdir()
    with_canaries(raw)
    given = "".join(path.read_text() for path in raw.iterdir())
    assert [canary for canary in CANARIES if canary not in given] == []
    make_key(tmp_path / "key")
    out, home = after / "delivery", after / "home"
    said = [
        imsct(
            *("prepare", raw, "--site", "SITE_A", "--profile", "imsct_dates"),
            *("--key-file", tmp_path / "key", "--out", out),
        ),
        imsct("check", out),
        imsct("init", "--home", home),
        imsct("deliver", out, "--home", home),
        as_process(scratch, "materialize", "--home", home),
        imsct("quarantine", "--home", home, "--json"),
    ]
    assert [ran.exit for ran in said] == [1, 0, 0, 0, 0, 0], [ran.err for ran in said]
    assert "21 records read = 14 written + 7 refused" in said[0].out
    searched = [path for root in (after, scratch) for path in root.rglob("*") if path.is_file()]
    assert home / "warehouse.duckdb" in searched
    assert any(path.suffix == ".db" for path in searched), "Dagster's storage is among them"
    found = {
        (canary, str(path))
        for path in searched
        for canary in CANARIES
        if canary.encode() in path.read_bytes()
    }
    assert not found
    text = "".join(ran.out + ran.err for ran in said)
    assert [canary for canary in CANARIES if canary in text] == []
