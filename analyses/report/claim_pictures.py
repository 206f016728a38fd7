"""Figures of the claim ledger: every estimate of a rule together, and the parts of one claim.

Belongs here: which released estimates stand in which figure, captions.
Does not belong here: drawing (`analyses.figures.claims`), words (`analyses.report.claim_words`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses.figures.claims import Kind, Line, Panel, Scale, alt_text, as_table, draw
from analyses.report import words
from analyses.report.claim_words import VERDICT_WORDS, short_of
from analyses.report.pictures import Picture, made

_SCALES: dict[str, Scale] = {
    "V1": "ratio",
    "V2": "share",
    "V3": "difference",
    "V4": "difference",
}
_NO_EFFECT = {"V1": 1.0, "V2": None, "V3": 0.0, "V4": 0.0}
#: Rules whose statistics share a scale, with the name of it; under V3 every claim has a unit.
TOGETHER = {
    "V1": "Odds ratio",
    "V2": "Share, or difference of two shares",
    "V4": "Gain of the AUC or C",
}
_SHAPES = (
    "Shapes are the verdicts: filled circle supported or reproduced, triangle contradicted, "
    "diamond depends on site or definition, square no relevant effect, open circle none of these."
)
_CAPTIONS = {
    "V1": "Odds ratios with 95% intervals, on a logarithmic scale. Dashed: no effect; grey band: "
    "too small to matter. ",
    "V2": "Shares with 95% intervals; the short black line is the bound that the claim names. ",
    "V4": "How much better a model tells cases apart with the added columns, with 95% intervals. "
    "Dashed: no gain; grey band: too small to matter. ",
}
#: Beyond so many sites a figure is a wall; the table has them all.
MOST_PARTS = 14


def overviews(claims: Sequence[Mapping[str, Any]], *, provenance: str) -> list[Picture]:
    """One figure for each rule with a common scale; what could not be tested is not drawn."""
    found = []
    for rule, axis in TOGETHER.items():
        lines = tuple(
            _whole(claim, statistic, place)
            for claim in claims
            for place, statistic in enumerate(claim["statistics"])
            if statistic["rule"] == rule and statistic["p_holm"] is not None
        )
        if lines:
            smallest = None if rule == "V2" else _smallest(claims, rule)
            panel = Panel(lines, _SCALES[rule], axis, _NO_EFFECT[rule], smallest)
            caption = _CAPTIONS[rule] + _SHAPES
            found.append(_made(f"rule-{rule.lower()}", panel, caption, provenance))
    return found


def parts(claim: Mapping[str, Any], *, provenance: str) -> list[Picture]:
    """A figure for each tested statistic with estimates of sites, definitions or studies."""
    found = []
    for place, statistic in enumerate(claim["statistics"]):
        lines = _parts(statistic)
        if place == 0:
            lines += [
                _line(f"{row['label']} (published)", "published", statistic, row)
                for row in claim.get("published", ())
            ]
        if statistic["p_holm"] is None or len(lines) < 2:
            continue
        own = _line("All cases", _kind(statistic), statistic, statistic)
        rule = statistic["rule"]
        is_banded = rule != "V2"
        panel = Panel(
            (own, *lines[:MOST_PARTS]),
            _SCALES[rule],
            _axis(statistic),
            _NO_EFFECT[rule] if is_banded else float(statistic["limit"]),
            float(statistic["limit"]) if is_banded else None,
        )
        name = f"{claim['id'].lower()}-{place + 1}"
        found.append(_made(name, panel, _caption(statistic, len(lines)), provenance))
    return found


def _parts(statistic: Mapping[str, Any]) -> list[Line]:
    """Sites and definitions that have an estimate."""
    rows = [("definition", words.human(row["definition"]), row) for row in statistic["definitions"]]
    rows += [("site", f"Site {row['site']}", row) for row in statistic["sites"]]
    return [
        _line(label, kind, statistic, row)
        for kind, label, row in rows
        if row["estimate"] is not None
    ]


def _line(label: str, kind: Any, statistic: Mapping[str, Any], row: Mapping[str, Any]) -> Line:
    """An estimate of a statistic or of a part of it."""
    low, high = row["interval"]
    said = short_of(statistic, row["estimate"], row["interval"])
    return Line(label, kind, row["estimate"], (low, high), said)


def _whole(claim: Mapping[str, Any], statistic: Mapping[str, Any], place: int) -> Line:
    """A statistic among those of other claims."""
    label = f"{claim['id']} {_SHORT.get((claim['id'], place), '')}".strip()
    low, high = statistic["interval"]
    return Line(
        label,
        _kind(statistic),
        statistic["estimate"],
        (low, high),
        short_of(statistic, statistic["estimate"], statistic["interval"]),
        bound=float(statistic["limit"]) if statistic["rule"] == "V2" else None,
    )


def _kind(statistic: Mapping[str, Any]) -> Kind:
    """The look of a verdict; one that was not decided is open."""
    look = VERDICT_WORDS[statistic["verdict"]].look
    return "open" if look == "few" else look  # type: ignore[return-value]  # the looks are kinds


def _smallest(claims: Sequence[Mapping[str, Any]], rule: str) -> float:
    """The smallest effect that matters, the same for every claim of the rule."""
    return next(float(s["limit"]) for c in claims for s in c["statistics"] if s["rule"] == rule)


def _axis(statistic: Mapping[str, Any]) -> str:
    """The name of the axis: the statistic, cut short."""
    said = str(statistic["name"])
    return said[:1].upper() + said[1:]


def _caption(statistic: Mapping[str, Any], n_parts: int) -> str:
    """What the figure shows and what its lines mean."""
    held = (
        "Dashed: the bound."
        if statistic["rule"] == "V2"
        else "Dashed: no effect; grey band: too small to matter."
    )
    cut = (
        f" The first {MOST_PARTS} of {n_parts}; all are in the table."
        if n_parts > MOST_PARTS
        else ""
    )
    return f"All cases of this cohort first, then its parts, with 95% intervals. {held}{cut}"


def _made(name: str, panel: Panel, caption: str, provenance: str) -> Picture:
    """The picture of a panel."""
    table = as_table(panel)
    return made(
        name, draw(panel), alt_text(panel), caption=caption, table=table, provenance=provenance
    )


#: What a line is called beside its claim's id, where there is no room for the claim.
_SHORT = {
    ("C01", 0): "Ependymoma v next group",
    ("C02", 0): "Astrocytic, child v adult",
    ("C02", 1): "Astrocytic in children",
    ("C03", 0): "T1 iso- or hypointense",
    ("C04", 0): "T2 hyperintense",
    ("C05", 0): "Sharp margin",
    ("C06", 0): "Homogeneous pattern",
    ("C07", 0): "Heterogeneous pattern",
    ("C08", 0): "Type, with enhancement",
    ("C09", 0): "Central location",
    ("C10", 0): "Cap sign",
    ("C11", 0): "Cap sign on T2*, SWI",
    ("C12", 0): "Expansion, ependymoma",
    ("C12", 1): "Cord expansion",
    ("C13", 0): "Syrinx",
    ("C14", 0): "Haemorrhage",
    ("C16", 0): "Removal, sharp margin",
    ("C16", 1): "Removal, ependymoma",
    ("C19", 0): "Grade, with diffusion",
    ("C20", 0): "Seen on CT only",
    ("C21", 0): "Removal, with imaging",
    ("C22", 0): "Decline, with imaging",
    ("C22", 1): "Month 12, with imaging",
    ("C22", 2): "Progression, imaging",
    ("C23", 0): "Myelography per period",
    ("C24", 0): "Removal per period",
}
