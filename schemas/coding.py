"""Codes of other systems: what a column or a value is called in ICD-O-3, NCIt, LOINC and others.

Belongs here: reading `schemas/codes/*.csv`, one file per system.
Does not belong here: the codes themselves; the vocabularies (`schemas.vocabularies`).
A code is `confirmed` when it was seen in the named source, else `unconfirmed`; exports leave the
latter out unless asked. The `target` is `table.column` or `vocabulary=value`.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

Status = Literal["confirmed", "unconfirmed"]


@dataclass(frozen=True)
class Coding:
    """One code of another system; `source` says where it was seen, or why it was not."""

    system: str
    code: str
    display: str
    status: Status
    source: str


def codes_of(target: str) -> tuple[Coding, ...]:
    """Codes of a column (`imaging_reads.syrinx`) or of a value (`histology=subependymoma`).

    Examples
    --------
    >>> [coding.code for coding in codes_of("histology=subependymoma")]
    ['9383/1', 'C3795']
    """
    return _all().get(target, ())


def targets() -> tuple[str, ...]:
    """Everything that has a code, in order."""
    return tuple(sorted(_all()))


@cache
def _all() -> dict[str, tuple[Coding, ...]]:
    """Every code by its target, systems in order of their files."""
    found: dict[str, list[Coding]] = {}
    folder = resources.files("schemas") / "codes"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if not path.name.endswith(".csv"):
            continue
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
            status = cast("Status", row["status"])
            coding = Coding(row["system"], row["code"], row["display"], status, row["source"])
            found.setdefault(row["target"], []).append(coding)
    return {target: tuple(codings) for target, codings in found.items()}
