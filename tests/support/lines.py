"""A fault folder that goes the whole way: several commands on a fresh home, then what it holds.

Belongs here: running the commands of an `expected.json`, reading the home afterwards.
Does not belong here: the folders and what is expected of them (`tests/faults`).
Beside `imsct` there are two words more. `copy`: a folder that a site puts into the landing zone by
other means than `imsct deliver`, or a file that is put back from a backup; `remove`: a lost file.
"""

import json
import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from tests.support.command import Ran, imsct

#: Selections by name: everything up to the account of records; the snapshot without the models.
_SELECTIONS = {
    "TAKEN_IN": '+key:"quarantine/problems"',
    "PUBLISHED": '+key:"analysis/columns" or key:"reference/*" or key:"published/snapshot"',
}


def run_commands(expected: Mapping[str, Any], places: Mapping[str, Path]) -> list[Ran]:
    """Run every command in its order; each must end as it says.

    A command is `{"run", "exit", "says", "list", "current"}`: its exit code (0 where it is left
    out), texts of its output, then what `imsct delivery list` and the current snapshot hold. What
    was published before a command has the same bytes after it.
    """
    said, home = [], places["HOME"]
    for command in expected["commands"]:
        before = published_bytes(home)
        ran = _run([_placed(word, places) for word in shlex.split(command["run"])])
        said.append(ran)
        where = f"{command['run']}:\n{ran.out}\n{ran.err}"
        assert ran.exit == command.get("exit", 0), where
        for text in command.get("says", ()):
            assert text in ran.out + ran.err, where
        if "list" in command:
            assert accounts(home) == command["list"], where
        if "current" in command:
            assert current_rows(home, command["current"]) == command["current"], where
        assert before.items() <= published_bytes(home).items(), where
    return said


def _placed(word: str, places: Mapping[str, Path]) -> str:
    """A word with the folder or the selection that it names."""
    first, slash, rest = word.partition("/")
    if first in places:
        return f"{places[first]}{slash}{rest}"
    return _SELECTIONS.get(word, word)


def _run(words: list[str]) -> Ran:
    """One command."""
    program, *arguments = words
    if program == "copy":
        put = shutil.copytree if Path(arguments[0]).is_dir() else shutil.copy
        put(*arguments)
        return Ran(0, "", "")
    if program == "remove":
        Path(*arguments).unlink()
        return Ran(0, "", "")
    assert program == "imsct"
    return imsct(*arguments)


def accounts(home: Path) -> list[str]:
    """Every delivery: name, status, received = accepted + quarantined; demanded to be so."""
    ran = imsct("delivery", "list", "--json", "--home", home)
    deliveries = json.loads(ran.out)["deliveries"]
    for d in deliveries:
        if not d["status"].startswith("duplicate"):
            assert d["received"] == d["accepted"] + d["quarantined"], d
    return [
        f"{d['site']}/{d['delivery']} {d['status']}"
        if d["received"] is None
        else f"{d['site']}/{d['delivery']} {d['status']} "
        f"{d['received']} = {d['accepted']} + {d['quarantined']}"
        for d in deliveries
    ]


def current_rows(home: Path, tables: Mapping[str, object]) -> dict[str, object]:
    """Keys of some tables of the current snapshot, and how many snapshots there are."""
    listed = json.loads(imsct("snapshot", "list", "--json", "--home", home).out)["snapshots"]
    (current,) = (s["id"] for s in listed if s["current"])
    found: dict[str, object] = {"snapshots": len(listed)}
    with duckdb.connect(str(home / "published" / f"{current}.duckdb"), read_only=True) as con:
        for table in (name for name in tables if name != "snapshots"):
            rows = con.execute(f'select * from core."{table}" order by 1').fetchall()
            found[table] = [row[0] for row in rows]
    return {name: found[name] for name in tables}


def kept_files(home: Path) -> Iterator[Path]:
    """Every file of a home but what a site itself put into the landing zone."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and not path.is_relative_to(home / "landing"):
            yield path


def published_bytes(home: Path) -> dict[str, bytes]:
    """Every published snapshot by name."""
    return {path.name: path.read_bytes() for path in (home / "published").glob("*.duckdb")}
