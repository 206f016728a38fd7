"""Filling: each item with the place in the report and the hash of what lies behind it.

Belongs here: deciding from the report itself what is filled, hashes, counts, words of a status.
Does not belong here: what is asked (the lists), facts for a rater (`facts`), HTML (`templates`).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyses.disclosure import Hidden, Small
from analyses.report.items.facts import facts
from analyses.report.items.item import CONDITIONS, Checklist, Item, lists
from analyses.results import to_json

#: What an answer is called; of a list in which a person judges, "part" is called otherwise.
STATUS = {
    "filled": "Filled",
    "part": "Filled in part",
    "person": "A person must write this",
    "none": "Does not apply",
}
JUDGED = "Facts given; a person must judge"
RESULTS = "results.json"
_HASH_SHOWN = 12


@dataclass(frozen=True)
class Evidence:
    """What rows are filled from: the report, its sections, and what lies beside it.

    `page` are the released results, `results` those of `results.json`, `sections` headings by id,
    `files` other files by name.
    """

    page: Mapping[str, Any]
    results: Mapping[str, Any]
    sections: Mapping[str, str]
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Row:
    """One item as a page shows it; a row with a `place` has an `artefact` and its hash too."""

    item: Item
    status: str
    called: str
    said: str = ""
    rest: str = ""
    place: str = ""
    heading: str = ""
    artefact: str = ""
    sha256: str = ""


def checklists(
    page: Mapping[str, Any],
    results: Mapping[str, Any],
    sections: Mapping[str, str],
    files: Mapping[str, bytes],
) -> list[dict[str, Any]]:
    """Each list with its rows and how many of them are filled.

    Parameters
    ----------
    page
        Released results.
    results
        As in `results.json`.
    sections
        Heading of every section of the report by its id.
    files
        Bytes of files that lie beside the report or the results, by name.

    Returns
    -------
    list[dict]
        For each list `id`, `name`, `about`, `source`, `doi`, `said` (the counts in words) and
        `rows`; none of these where the list as a whole does not apply.

    Notes
    -----
    A hash is that of the bytes of a file, or of the canonical JSON of a part of `results.json`.
    In a confidential report it is that of the part as the report may show it: from the hash of a
    part with few unknown small counts those could be found by trying.
    """
    evidence = Evidence(page, results, sections, files)
    said = facts(page)
    return [_filled(each, evidence, said) for each in lists()]


def _filled(made: Checklist, evidence: Evidence, said: Mapping[str, str]) -> dict[str, Any]:
    """One list."""
    about = {"id": made.id, "name": made.name, "about": made.about}
    about |= {"source": made.source, "doi": made.doi}
    lacking = CONDITIONS.get(made.needs)
    if lacking and not lacking.holds(evidence.page):
        reason = f"Its {len(made.items)} items do not apply. {lacking.otherwise}"
        return {**about, "rows": [], "said": reason}
    rows = [_row(item, evidence, said, is_judged=made.judged) for item in made.items]
    return {**about, "rows": rows, "said": _counted(rows, is_judged=made.judged)}


def _row(item: Item, evidence: Evidence, said: Mapping[str, str], *, is_judged: bool) -> Row:
    """One item."""
    lacking = CONDITIONS.get(item.needs)
    if lacking and not lacking.holds(evidence.page):
        return Row(item, "none", STATUS["none"], said=lacking.otherwise)
    if item.never:
        return Row(item, "none", STATUS["none"], said=item.never)
    for found in item.found:
        place, artefact, *condition = found.split(" ")
        name, digest = _artefact(artefact, evidence)
        holds = all(CONDITIONS[each].holds(evidence.page) for each in condition)
        if place in evidence.sections and digest and holds:
            rest = "" if item.also in evidence.sections else item.person
            status = "part" if rest or is_judged else "filled"
            return Row(
                item,
                status,
                JUDGED if is_judged else STATUS[status],
                said=said.get(item.facts, ""),
                rest=rest,
                place=place,
                heading=evidence.sections[place],
                artefact=name,
                sha256=digest[:_HASH_SHOWN],
            )
    return Row(item, "person", STATUS["person"], said="" if item.found else item.person)


def _artefact(artefact: str, evidence: Evidence) -> tuple[str, str]:
    """Name of an artefact with the places of the models filled in, and its hash; none if empty."""
    name, _, pointer = artefact.partition("#/")
    if name != RESULTS:
        data = evidence.files.get(name)
        return name, hashlib.sha256(data).hexdigest() if data else ""
    places = _places(evidence.page)
    if any(f"{{{role}}}" in pointer and place is None for role, place in places.items()):
        return name, ""
    pointer = pointer.format(**places)
    is_exact = evidence.page["audience"] != "internal"
    part = _part(evidence.results if is_exact else evidence.page, pointer)
    if part in (None, "", [], {}):
        return name, ""
    return f"{name}#/{pointer}", hashlib.sha256(to_json(_told(part))).hexdigest()


def _places(page: Mapping[str, Any]) -> dict[str, int | None]:
    """Place of the primary model and of the best one among the models."""
    best = (page.get("comparison") or {}).get("best")
    models = list(enumerate(page["models"]))
    return {
        "primary": next((i for i, m in models if m["role"] == "primary"), None),
        "best": next((i for i, m in models if m["name"] == best and m["role"] != "baseline"), None),
    }


def _part(node: Any, pointer: str) -> Any:
    """What a pointer leads to; None where it leads nowhere."""
    for step in pointer.split("/"):
        if isinstance(node, list):
            node = node[int(step)]
        else:
            node = node.get(step) if isinstance(node, Mapping) else None
    return node


def _told(node: Any) -> Any:
    """Released counts as a page says them, everything else as it is."""
    if isinstance(node, Mapping):
        return {key: _told(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_told(value) for value in node]
    return str(node) if isinstance(node, Small | Hidden) else node


def _counted(rows: list[Row], *, is_judged: bool) -> str:
    """How many items are answered how, in one sentence."""
    n = {status: sum(row.status == status for row in rows) for status in STATUS}
    if is_judged:
        parts = [f"{n['part']} of {len(rows)} items have their facts here"]
    else:
        parts = [f"{n['filled']} of {len(rows)} items filled from this run", f"{n['part']} in part"]
    parts += [f"{n['person']} a person must write"] if n["person"] else []
    return "; ".join([*parts, f"{n['none']} do not apply"]) + "."
