"""The document of a cohort report (`cohort.json`): everything the page says, counts released.

Belongs here: putting the parts together, what must be said first.
Does not belong here: counting (the other modules of this package), words and layout of the page.
Schema `imsct.cohort/1`: `provenance` (what it rests on), `audience`, `cohort`, `notes`, `account`,
`speaks`, `recruitment`, `case_mix`, `follow_up`, `quality`, `queries`, `figures`. A count is a
number, "<5" or "hidden". Nothing of it names a case.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analyses.cohort_report import quality
from analyses.cohort_report.case_mix import (
    VARIABLES,
    crossed,
    medians,
    recruitment,
    speaks,
    with_levels,
)
from analyses.cohort_report.completeness import completeness
from analyses.cohort_report.inputs import TOGETHER, Inputs
from analyses.cohort_report.tally import Count, Key, Tally
from analyses.figures.case_looks import LOOKS
from analyses.figures.cord_geometry import LEVELS
from schemas.showing import counted
from schemas.wording import listed

SCHEMA = "imsct.cohort/1"
#: Fewer cases than this are called few on the first page.
FEW = 20
#: What a first page must not hide when nobody says it, and its column.
_TOLD = (
    ("age_years", "age"),
    ("sex", "sex"),
    ("histology", "histology"),
    ("level_upper", "level"),
    ("extent_of_resection", "extent of resection"),
)


def cohort_document(inputs: Inputs, stamp: Mapping[str, str | None]) -> dict[str, Any]:
    """The document of the report on one cohort.

    Parameters
    ----------
    inputs
        Frames of one provenance.
    stamp
        Snapshot, hashes of code, lock and inputs.

    Returns
    -------
    dict
        Plain values; the same inputs, in any order of rows, give the same document.

    Raises
    ------
    IntegrityError
        If counts do not add up.
    """
    tally, frame = Tally(), with_levels(inputs.counted, inputs.audience)
    found = quality.problems(tally, inputs)
    n_patients = frame["patient_id"].n_unique()
    consented = tally.split(
        ("all", "cases"), {("patients",): n_patients, ("further",): frame.height - n_patients}
    )
    left_out = inputs.cases.height - frame.height
    tally.split(("accepted",), {("all", "cases"): frame.height, ("left out",): left_out})
    first = recruitment(tally, frame, inputs)
    document = {
        "schema": SCHEMA,
        "provenance": dict(stamp),
        "audience": inputs.audience,
        "cohort": {
            "provenance": inputs.provenance,
            "cases": consented,
            "patients": tally.add(("patients",), n_patients),
            "left_out": tally.add(("left out",), left_out),
            "sites": frame["site_id"].n_unique(),
        },
        "notes": _notes(frame, inputs),
        "account": _account(inputs),
        "recruitment": first,
        "case_mix": _case_mix(tally, frame, inputs),
        "follow_up": completeness(tally, frame, inputs),
        "quality": {
            "deliveries": quality.deliveries(tally, inputs, found),
            "rules": quality.by_rule(tally, inputs, found),
            "missing": quality.missing(inputs),
        },
        "queries": quality.open_queries(tally, inputs, found),
        "speaks": speaks(frame, tally),
        "figures": _in_figures(tally, frame),
    }
    released: dict[str, Any] = tally.release(
        document, audience=inputs.audience, provenance=inputs.provenance
    )
    return released


def _case_mix(tally: Tally, frame: pl.DataFrame, inputs: Inputs) -> dict[str, Any]:
    """Table 1 by site and by histology group."""
    sites = {site: site for site in sorted(set(frame["column"]))}
    groups = {code: look.label for code, look in LOOKS.items() if code in set(frame["group"])}
    without = [name for name in VARIABLES if name != "Histology group"]
    tables = [("site", "column", sites, list(VARIABLES))]
    if inputs.audience == "open":  # else most cells by group would have to be hidden
        tables.append(("histology", "group", groups, without))
    made = {}
    for name, dimension, columns, variables in tables:
        table = crossed(tally, frame, dimension=dimension, columns=columns, variables=variables)
        table["age"] = medians(
            frame, "age_years", dimension=dimension, columns=list(columns), audience=inputs.audience
        )
        made[name] = table
    return made


def _in_figures(tally: Tally, frame: pl.DataFrame) -> dict[str, Any]:
    """Cases of each group that the figures count, and those with levels; told, or not drawn."""
    groups = [code for code in LOOKS if code in set(frame["group"])]
    placed = pl.all_horizontal(pl.col("level_upper", "level_lower").is_in(LEVELS))
    rows: dict[Key, list[Key]] = {}
    for code in groups:
        of = frame.filter(pl.col("group") == code)
        n = of.filter(placed.fill_null(False)).height
        here = ("figure", code)
        tally.split(here, {("placed", code): n, ("unplaced", code): of.height - n})
        rows.setdefault(("all", "Histology group", of["Histology group"][0]), []).append(here)
    tally.sums += list(rows.items())
    unplaced: dict[Key, int] = {("unplaced", g): tally.counts["unplaced", g] for g in groups}
    return {
        "groups": [Count(("figure", code)) for code in groups],
        "placed": {code: Count(("placed", code)) for code in groups},
        "unplaced": tally.split(("unplaced",), unplaced),
    }


def _account(inputs: Inputs) -> dict[str, Any]:
    """Records of all deliveries that are not withdrawn, and what came since the one before."""
    rows = inputs.deliveries.filter(pl.col("status") != "withdrawn").sort("sequence")
    received, quarantined = (
        int(rows[name].fill_null(0).sum()) for name in ("received", "quarantined")
    )
    return {
        "deliveries": rows.height,
        "delivering_sites": rows["site"].n_unique(),
        "received": received,
        "accepted": received - quarantined,
        "quarantined": quarantined,
        "held": rows.filter(pl.col("status") == "held")["site"].to_list(),
        "refused": rows.filter(pl.col("status") == "refused")["site"].to_list(),
        "last": rows["sequence"][-1] if rows.height else None,
    }


def _notes(frame: pl.DataFrame, inputs: Inputs) -> list[str]:
    """What a reader of the first page must know before any number."""
    if frame.is_empty():
        return [
            "No case has been accepted with consent for the registry: there is nobody to count."
        ]
    notes = []
    sites = frame["site_id"].n_unique()
    if frame.height < FEW:
        notes.append(
            f"Fewer than {FEW} cases: every share rests on a handful of patients, and one more "
            "can change it."
        )
    if sites == 1:
        notes.append("One site only: nothing here can be compared between sites.")
    if TOGETHER in set(frame["column"]):
        notes.append("Sites with fewer than 20 cases are shown together, to protect patients.")
    if frame["last_alive_day"].is_null().all() and frame["death_day"].is_null().all():
        notes.append(
            "No follow-up at all: nobody is known to have been seen again or to have died."
        )
    empty = [said for name, said in _TOLD if _says_nothing(frame[name])]
    if empty:
        notes.append(f"Recorded of nobody: {listed(empty, 'and')}.")
    waiting = inputs.deliveries.filter(pl.col("status").is_in(["held", "refused"])).height
    if waiting:
        notes.append(
            f"{counted(waiting, 'delivery').replace('deliverys', 'deliveries')} not taken in: held "
            "until somebody decides, or refused at the door."
        )
    return notes


def _says_nothing(values: pl.Series) -> bool:
    """Whether no case has a value."""
    return values.cast(pl.String).fill_null("unknown").is_in(["unknown", "not_reported"]).all()
