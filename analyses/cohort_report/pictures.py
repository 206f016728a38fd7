"""Figures of a cohort report: inputs and document into SVG, alternative text and table.

Belongs here: which figures a cohort has, of which cases, and their captions.
Does not belong here: drawing (`analyses.figures`), what may be shown (`analyses.shown`).
"""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import polars as pl

from analyses.cohort_report.inputs import Inputs
from analyses.disclosure import Hidden, Shown, Small
from analyses.figures import (
    cord_map,
    feature_by_histology,
    quality_trend,
    signs_heat_map,
    swimmer,
)
from analyses.report.pictures import Picture, made
from analyses.shown.case_rows import courses_of, heat_map_of
from analyses.shown.cord_maps import lesion_frame, map_of_cohort
from analyses.shown.features_by_group import features_of
from analyses.shown.grouped import MOST_CASES

SIGNS = ("cap_sign", "polar_cyst", "syrinx", "oedema", "haemorrhage")
MEASURES = ("tumour_length_mm",)
FINDINGS = (*SIGNS, "flow_voids", "h3_k27m", "idh_mutation")


def pictures(document: dict[str, Any], inputs: Inputs) -> dict[str, Picture]:
    """Every figure of the report by name.

    Parameters
    ----------
    document
        As of `cohort_document`.
    inputs
        What it was made from.

    Returns
    -------
    dict
        Without a figure for which there is nothing to draw, or which may not be shown.
    """
    found = [_trend(document)]
    if inputs.counted.height:
        told = document["figures"]
        if all(isinstance(n, int) for n in told["groups"]):
            found.append(_features(inputs))
        found.append(_cord_map(inputs, told))
        if inputs.audience == "open":  # figures of cases never show confidential rows
            found += [_heat_map(inputs), _swimmer(inputs)]
    return {picture.name: picture for picture in found if picture is not None}


def _trend(document: dict[str, Any]) -> Picture | None:
    """Share in quarantine, delivery after delivery."""
    rows: dict[str, list[quality_trend.Delivery]] = {}
    for row in document["quality"]["deliveries"]:
        if row["status"] != "withdrawn":
            rows.setdefault(row["site"], []).append(
                quality_trend.Delivery(
                    row["delivery"],
                    row["received"] or 0,
                    row["quarantined"] or 0,
                    row["status"] == "received",
                )
            )
    if not rows:
        return None
    provenance = document["cohort"]["provenance"]
    shown = quality_trend.Trend(provenance, tuple((s, tuple(d)) for s, d in sorted(rows.items())))
    return made(
        "quality-trend",
        quality_trend.draw(shown),
        quality_trend.alt_text(shown),
        caption="Share of the records of each delivery that were refused and lie in quarantine, in "
        "the order of the ledger. A line that falls is a site that gets better. Hollow: not taken "
        "in.",
        table=quality_trend.as_table(shown),
        provenance=provenance,
    )


def _features(inputs: Inputs) -> Picture:
    """Signs and measures by histology."""
    shown = features_of(inputs.cases, signs=SIGNS, measures=MEASURES, audience=inputs.audience)
    return made(
        "feature-by-histology",
        feature_by_histology.draw(shown),
        feature_by_histology.alt_text(shown),
        caption="How often a sign was seen in each histology group, and how long the tumours are "
        "(median and quartiles). Hatched: could not be judged on the images.",
        table=feature_by_histology.as_table(shown),
        provenance=inputs.provenance,
    )


def _cord_map(inputs: Inputs, told: dict[str, Any]) -> Picture:
    """Where the tumours lie; nothing of a group whose number with levels may not be told."""
    shown = map_of_cohort(
        lesion_frame(inputs.cases),
        audience=inputs.audience,
        may_see_cases=inputs.audience == "open",
        norms=inputs.norms,
    )
    groups = tuple(
        group
        if isinstance(told["placed"].get(group.name), int)
        and not (shown.is_merged and group.name == "other")
        else cord_map.Group(group.name, _symbol(told["placed"].get(group.name)), ())
        for group in shown.groups
    )
    shown = replace(shown, groups=groups, unplaced=_symbol(told["unplaced"]))
    caption = cord_map.CAPTION if shown.lesions else cord_map.CAPTION_OF_SHARES
    return made(
        "cord-map",
        cord_map.draw(shown),
        cord_map.alt_text(shown),
        caption=caption,
        table=cord_map.as_table(shown),
        provenance=inputs.provenance,
    )


def _symbol(n: int | str | None) -> Shown:
    """A count of a document as the figures take it."""
    return n if isinstance(n, int) else Small() if n == str(Small()) else Hidden()


def sample(cases: pl.DataFrame) -> pl.DataFrame:
    """At most 60 cases, chosen by a hash of their keys: by nothing that they show, and repeatably.

    Parameters
    ----------
    cases
        One row per case.

    Returns
    -------
    pl.DataFrame
        Sorted by `case_id`.
    """
    keys = sorted(cases["case_id"], key=lambda key: sha256(str(key).encode()).hexdigest())
    return cases.filter(pl.col("case_id").is_in(keys[:MOST_CASES])).sort("case_id")


def _which(n: int, of: int, what: str) -> str:
    """Which cases a figure of cases shows."""
    if n == of:
        return f"All {of} {what}."
    return f"{n} of {of} {what}, drawn by a lot that is always the same, not by what they show."


def _heat_map(inputs: Inputs) -> Picture:
    """Signs and markers of single cases."""
    chosen = sample(inputs.counted)
    shown = heat_map_of(chosen, FINDINGS)
    return made(
        "signs-heat-map",
        signs_heat_map.draw(shown),
        signs_heat_map.alt_text(shown),
        caption="Signs on MR and molecular findings, one line per case. "
        + _which(chosen.height, inputs.counted.height, "cases"),
        table=signs_heat_map.as_table(shown),
        provenance=inputs.provenance,
    )


def _swimmer(inputs: Inputs) -> Picture | None:
    """The course of single cases; None where nobody was seen again."""
    last = pl.coalesce("death_day", _LAST_CONTACT)
    contacts = (
        inputs.tables["follow_up"]
        .group_by("case_id")
        .agg(pl.col("contact_day").max().alias(_LAST_CONTACT))
    )
    followed = (
        inputs.counted.join(contacts, on="case_id", how="left")
        .filter(last >= 0)
        .drop(_LAST_CONTACT)
    )
    if followed.is_empty():
        return None
    chosen = sample(followed)
    shown = courses_of(chosen, inputs.tables)
    return made(
        "swimmer",
        swimmer.draw(shown),
        swimmer.alt_text(shown),
        caption="One bar per case from day 0 to the last contact. "
        + _which(chosen.height, followed.height, "cases with a contact"),
        table=swimmer.as_table(shown),
        provenance=inputs.provenance,
    )


_LAST_CONTACT = "last_contact_day"
