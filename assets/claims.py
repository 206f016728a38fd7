"""The claim ledger on the warehouse: cases in, document and page out, under the snapshot's name.

Belongs here: which files a ledger leaves, when an earlier one is still good, which one came before.
Does not belong here: statistics and verdicts (`analyses.ledger`), the page (`analyses.report`).
"""

import json
from collections.abc import Mapping
from typing import Any

from analyses.ledger import FRAMES
from analyses.ledger.whole import whole_ledger
from analyses.report import page_files, render_claims
from analyses.report.files import PAGE
from analyses.results import to_json
from analyses.workers import processors
from assets.analysing import write_files
from assets.context import Line
from assets.redaction import redacted
from assets.snapshot import candidate_id
from warehouse.files import make_folder, write_atomically
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publications import PUBLISHED

DOCUMENT = "claims.json"


@redacted
def hold_claims(line: Line, provenance: str) -> dict[str, str | int]:
    """Hold every claim against one cohort, unless the same snapshot and code already did.

    Returns
    -------
    dict[str, str | int]
        What became of it: verdicts in numbers, cases, snapshot, whether it was run.
    """
    cases = line.store.read("analysis", "cases")
    if cases.filter(cases["provenance"] == provenance).is_empty():
        return {"verdict": "no case", "cases": 0, "was_run": 0}
    snapshot = candidate_id(line)
    folder = f"claims-{provenance}-{snapshot}"
    stamp = {"snapshot": snapshot, "code": line.code, "lock": line.lock}
    kept = read_ledger(line.home, provenance, snapshot)
    is_whole = kept is not None and (line.home.reports / folder / PAGE).exists()
    if kept is not None and is_whole and stamp.items() <= kept["provenance"].items():
        line.say(f"results/{folder}: already there")
        return _summary(kept, was_run=0)
    line.say(f"results/{folder}: started")
    columns = line.store.read("analysis", "columns")
    document = whole_ledger(
        {name: cases if name == "cases" else line.store.read("core", name) for name in FRAMES},
        provenance=provenance,
        availability=dict(zip(columns["column"], columns["availability"], strict=True)),
        evidence=line.store.read("reference", "published_counts"),
        stamp=stamp,
        processes=processors(),
    )
    data = to_json(document)
    # as it will be read again, so that the page does not hang on digits that the file drops
    before = ledger_before(line.home, line.ledger, provenance, snapshot)
    page = render_claims(json.loads(data), before=before)
    write_files(page_files(page), line.home.reports / folder)
    # last: it says which code made the page, and a run killed before it makes both again
    make_folder(line.home.results / folder)
    write_atomically(line.home.results / folder / DOCUMENT, data)
    line.say(f"reports/{folder}/{PAGE}: written")
    return _summary(document, was_run=1)


def ledger_before(
    home: Home, events: Ledger, provenance: str, snapshot: str
) -> dict[str, Any] | None:
    """The ledger of the last snapshot published before this one that has a ledger of the cohort."""
    found = [str(event.payload["snapshot"]) for event in events.events(PUBLISHED)]
    ids = list(dict.fromkeys(reversed(found)))[::-1]  # one published again counts from then on
    earlier = ids[: ids.index(snapshot)] if snapshot in ids else ids
    documents = (read_ledger(home, provenance, name) for name in reversed(earlier))
    return next((document for document in documents if document is not None), None)


def read_ledger(home: Home, provenance: str, snapshot: str) -> dict[str, Any] | None:
    """A ledger that an earlier run left; None without one, and for one cut short or edited."""
    path = home.results / f"claims-{provenance}-{snapshot}" / DOCUMENT
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        is_ours = found["provenance"]["snapshot"] == snapshot and bool(found["provenance"]["rules"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if is_ours else None


def _summary(document: Mapping[str, Any], *, was_run: int) -> dict[str, str | int]:
    """What the asset says of a ledger."""
    verdicts = [claim["verdict"] or "not computed" for claim in document["claims"]]
    counts = [f"{verdicts.count(name)} {name}" for name in sorted(set(verdicts))]
    return {
        "verdict": ", ".join(counts),
        "cases": document["cohort"]["cases"],
        "snapshot": document["provenance"]["snapshot"],
        "was_run": was_run,
    }
