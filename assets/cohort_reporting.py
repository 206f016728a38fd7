"""Reporting on a cohort: its frames in, document and page out, under the snapshot's name.

Belongs here: what the report reads, which files it leaves, when an earlier one is still good.
Does not belong here: what it counts and shows (`analyses.cohort_report`).
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from analyses.cohort_report import (
    KEY_COLUMNS,
    TABLES,
    Inputs,
    cohort_document,
    pictures,
    render_cohort,
)
from analyses.report.files import PAGE, page_files
from analyses.results import to_json
from assets.analysing import write_files
from assets.context import Line
from assets.redaction import redacted
from assets.snapshot import candidate_id
from warehouse import trends
from warehouse.files import make_folder, write_atomically

DOCUMENT = "cohort.json"


@redacted
def report_cohort(line: Line, provenance: str) -> dict[str, str | int]:
    """Write the report on one cohort, unless the same snapshot, counts and code already gave it.

    Returns
    -------
    dict[str, str | int]
        What became of it: number of cases, snapshot, whether it was made.
    """
    inputs = cohort_inputs(line, provenance)
    if inputs.deliveries.is_empty():
        return {"cases": 0, "was_made": 0}
    snapshot = candidate_id(line)
    folder = f"cohort-{provenance}-{snapshot}"
    target, page = line.home.results / folder / DOCUMENT, line.home.reports / folder
    stamp = {
        "snapshot": snapshot,
        "code": line.code,
        "lock": line.lock,
        "inputs": _sha256(inputs),
    }
    document = _kept(target, page / PAGE, stamp)
    was_made = document is None
    if document is None:
        document = cohort_document(inputs, stamp)
        html = render_cohort(document, pictures(document, inputs))
        write_files(page_files(html), page)
        make_folder(target.parent)
        write_atomically(target, to_json(document))
    line.say(f"reports/{folder}/{PAGE}: {'written' if was_made else 'already there'}")
    cases = document["cohort"]["cases"]
    return {"cases": cases, "snapshot": snapshot, "was_made": int(was_made)}


def cohort_inputs(line: Line, provenance: str) -> Inputs:
    """Everything that the report on one cohort is made from."""
    store = line.store
    came = trends.deliveries(store).filter(pl.col("provenance") == provenance)

    def own(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.join(came.select("sequence"), on="sequence", how="semi", maintain_order="left")

    cases = store.read("analysis", "cases")
    return Inputs(
        provenance=provenance,
        cases=cases.filter(pl.col("provenance") == provenance),
        tables={name: store.read("core", name) for name in TABLES},
        deliveries=came,
        problems=own(trends.problem_counts(store)),
        missing=own(trends.missing_after(store, [column[:2] for column in KEY_COLUMNS])),
        first=own(trends.first_deliveries(store)),
        norms=store.read("reference", "cord_norms"),
    )


def _sha256(inputs: Inputs) -> str:
    """Hash of what may change while the snapshot does not: problems, and which deliveries wait."""
    frames = (inputs.deliveries, inputs.problems, inputs.missing, inputs.first)
    return sha256("".join(frame.write_csv() for frame in frames).encode()).hexdigest()


def _kept(target: Path, page: Path, stamp: dict[str, Any]) -> dict[str, Any] | None:
    """The document of an earlier run on the same snapshot, counts, code and lock, if any."""
    if not target.exists() or not page.exists():
        return None
    try:
        kept: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        is_same = kept["provenance"] == stamp and "cases" in kept["cohort"]
    except (ValueError, KeyError, TypeError):  # cut short or edited: made again
        return None
    return kept if is_same else None
