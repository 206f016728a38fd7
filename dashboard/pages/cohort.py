"""Cohort page: one cohort, counted by each facet within the values chosen of the others.

Belongs here: the counts of the page, small ones kept back, and the addresses of its links.
Does not belong here: HTML (`templates`), the address itself (`dashboard.filters`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses.disclosure import SMALLEST_SHOWN, Shown, disclose
from analyses.report.words import COHORTS, human
from dashboard.filters import Selection
from dashboard.pages.reports import reports_of
from dashboard.shelf import View
from schemas import vocabularies
from schemas.vocabulary import Vocabulary
from warehouse.home import Home
from warehouse.published import PublishedReader
from warehouse.queries import (
    AGE_BANDS,
    NO_SURGERY,
    NOT_RECORDED,
    Facet,
    cohorts,
    count_by,
    count_selected,
)

PATH = "/cohort"
LABELS = {
    Facet.HISTOLOGY: "Histology group",
    Facet.REGION: "Region of the cord",
    Facet.EXTENT: "Extent of resection",
    Facet.SITE: "Site",
    Facet.SEX: "Sex",
    Facet.AGE: "Age at the index event",
}
_WORDS = {
    NOT_RECORDED: "Not recorded",
    NO_SURGERY: "No surgery recorded",
    "under_18": "Under 18 years",
    "18_to_64": "18 to 64 years",
    "65_and_over": "65 years and over",
    "gtr": "Gross total (GTR)",
}
Key = tuple[str, ...]


def allowed_values(reader: PublishedReader) -> dict[str, list[str]]:
    """What an address may ask for: the cohorts of the snapshot, the values of the dictionary."""
    known = {
        Facet.HISTOLOGY: ["ependymoma", "astrocytic", "haemangioblastoma", "other"],
        Facet.REGION: _codes(vocabularies.CORD_REGION),
        Facet.EXTENT: [*_codes(vocabularies.EXTENT_OF_RESECTION), NO_SURGERY],
        Facet.SEX: _codes(vocabularies.SEX),
        Facet.AGE: list(AGE_BANDS),
    }
    found = {str(facet): [*values, NOT_RECORDED] for facet, values in known.items()}
    found["cohort"] = list(cohorts(reader))
    sites = reader.deliveries()["site"].unique().sort().to_list()
    found[str(Facet.SITE)] = [str(site) for site in sites]
    return found


def default_cohort(reader: PublishedReader) -> str | None:
    """The cohort shown where an address names none: real rows before simulated ones."""
    there = cohorts(reader)
    return next((c for c in ("registry", "published", "simulated") if c in there), None)


def cohort_page(view: View, home: Home, selection: Selection) -> dict[str, Any]:
    """What the page shows of one selection; `is_too_small` where it may show nothing."""
    default = default_cohort(view.reader)
    cohort = selection.cohort or default
    if cohort is None:
        return {"cohort": None, "reports": []}
    counts, sums = _counts(view.reader, cohort, selection)
    is_chosen = any(selection.chosen.values())
    too_small = is_chosen and _is_too_small(counts)
    shown = {} if too_small else _shown(counts, sums, cohort)
    whole = Selection(cohort=selection.cohort, snap=selection.snap)
    return {
        "cohort": cohort,
        "cohort_name": COHORTS[cohort][1],
        "band": COHORTS[cohort][0],
        "cohorts": _tabs(view.reader, selection, cohort, default),
        "is_too_small": too_small,
        "selected": shown.get(("selected",)),
        "all": shown.get(("all",)),
        "is_chosen": is_chosen,
        "facets": _facets(view.reader, cohort, selection, shown),
        "chips": _chips(selection, default),
        "reset": whole.address(PATH, default_cohort=default),
        "is_hidden": any(not isinstance(count, int) for count in shown.values()),
        "reports": [r for r in reports_of(home, view.snapshot.id) if r.cohort == cohort],
        "snap": selection.snap,
        "default_cohort": default,
    }


def _is_too_small(counts: Mapping[Key, int]) -> bool:
    """Whether so few are inside the selection, or outside it, that nothing is told."""
    inside, outside = counts["selected",], counts["outside",]
    return inside < SMALLEST_SHOWN or 0 < outside < SMALLEST_SHOWN


def _shown(
    counts: Mapping[Key, int], sums: Sequence[tuple[Key, Sequence[Key]]], cohort: str
) -> dict[Key, Shown]:
    """The counts as a signed-in reader may see them; totals are hidden last."""
    totals: list[Key] = [("total", str(facet)) for facet in Facet]
    keep = [("selected",), ("all",), *totals]
    return disclose(counts, sums=sums, audience="internal", provenance=cohort, keep=keep)


def _counts(
    reader: PublishedReader, cohort: str, selection: Selection
) -> tuple[dict[Key, int], list[tuple[Key, Sequence[Key]]]]:
    """Every count of the page, and how they add up: one table for the small-number rule."""
    selected = count_selected(reader, cohort=cohort, chosen=selection.chosen)
    whole = count_selected(reader, cohort=cohort, chosen={})
    counts: dict[Key, int] = {
        ("selected",): selected,
        ("all",): whole,
        ("outside",): whole - selected,
    }
    sums: list[tuple[Key, Sequence[Key]]] = [(("all",), [("selected",), ("outside",)])]
    for facet in Facet:
        found = count_by(reader, facet, cohort=cohort, chosen=selection.chosen)
        parts: list[Key] = [(str(facet), value) for value in found]
        counts |= {(str(facet), value): n for value, n in found.items()}
        total: Key = ("total", str(facet))
        counts[total] = sum(found.values())
        sums.append((total, parts))
        own = selection.chosen.get(facet, ())
        mine: list[Key] = [(str(facet), value) for value in found if value in own]
        sums.append((("selected",), mine) if own else (total, [("selected",)]))
    return counts, [(total, parts) for total, parts in sums if parts]


def _facets(
    reader: PublishedReader, cohort: str, selection: Selection, shown: Mapping[Key, Shown]
) -> list[dict[str, Any]]:
    """Every facet, with the values that occur in the whole cohort in the dictionary's order.

    Never only those that occur in the selection: of a small one that would tell what is in it.
    """
    order = allowed_values(reader)
    made = []
    for facet in Facet:
        occurring = count_by(reader, facet, cohort=cohort, chosen={})
        values = [value for value in order[str(facet)] if value in occurring]
        made.append(_facet(facet, values, shown, selection.chosen.get(facet, ())))
    return made


def _facet(
    facet: Facet, occurring: Sequence[str], shown: Mapping[Key, Shown], own: Sequence[str]
) -> dict[str, Any]:
    """One facet: a row for every value that occurs in the whole cohort, or is chosen."""
    values = [*occurring, *(v for v in own if v not in occurring)]
    numbers = [shown.get((str(facet), v), 0) for v in values]
    top = max((n for n in numbers if isinstance(n, int)), default=0)
    return {
        "name": str(facet),
        "label": LABELS[facet],
        "total": shown.get(("total", str(facet))),
        "rows": [
            {
                "value": value,
                "label": label_of(value) if facet is not Facet.SITE else value,
                "is_chosen": value in own,
                "n": number,
                "width": round(100 * number / top, 1) if isinstance(number, int) and top else None,
            }
            for value, number in zip(values, numbers, strict=True)
        ],
    }


def _tabs(
    reader: PublishedReader, selection: Selection, cohort: str, default: str | None
) -> list[dict[str, Any]]:
    """Links to the cohorts of the snapshot; values chosen do not go from one to the other."""
    return [
        {
            "name": COHORTS[name][1],
            "is_current": name == cohort,
            "address": Selection(cohort=name, snap=selection.snap).address(
                PATH, default_cohort=default
            ),
        }
        for name in cohorts(reader)
    ]


def _chips(selection: Selection, default: str | None) -> list[dict[str, str]]:
    """The chosen values, each with the address without it."""
    return [
        {
            "label": f"{LABELS[facet]}: {value if facet is Facet.SITE else label_of(value)}",
            "address": selection.without(facet, value).address(PATH, default_cohort=default),
        }
        for facet in Facet
        for value in selection.chosen.get(facet, ())
    ]


def label_of(value: str) -> str:
    """A value in words."""
    return _WORDS.get(value) or human(value)


def _codes(vocabulary: Vocabulary) -> list[str]:
    """Codes of a vocabulary but the one that says nothing."""
    return [code for code in vocabulary.codes if code != "unknown"]
