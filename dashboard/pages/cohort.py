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
    NOT_OPERATED,
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
    NOT_OPERATED: "Not operated",
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
        Facet.EXTENT: [*_codes(vocabularies.EXTENT_OF_RESECTION), NOT_OPERATED],
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
    cohort = selection.cohort or default_cohort(view.reader)
    default = default_cohort(view.reader)
    if cohort is None:
        return {"cohort": None, "reports": []}
    order = allowed_values(view.reader)
    counts, sums = _counts(view.reader, cohort, selection)
    selected, outside = counts["selected",], counts["outside",]
    is_chosen = any(selection.chosen.values())
    too_small = is_chosen and (selected < SMALLEST_SHOWN or 0 < outside < SMALLEST_SHOWN)
    totals = [("total", str(f)) for f in Facet]
    shown: Mapping[Key, Shown] = (
        {}
        if too_small
        else disclose(
            counts,
            sums=sums,
            audience="internal",
            provenance=cohort,
            keep=[("selected",), ("all",), *totals],
        )
    )
    return {
        "cohort": cohort,
        "cohort_name": COHORTS[cohort][1],
        "band": COHORTS[cohort][0],
        "cohorts": _tabs(view.reader, selection, cohort, default),
        "is_too_small": too_small,
        "selected": shown.get(("selected",)),
        "all": shown.get(("all",)),
        "is_chosen": is_chosen,
        "facets": [_facet(facet, order[str(facet)], shown, counts, selection) for facet in Facet],
        "chips": _chips(selection, default),
        "reset": Selection(cohort=selection.cohort, snap=selection.snap).address(
            PATH, default_cohort=default
        ),
        "is_hidden": any(not isinstance(count, int) for count in shown.values()),
        "reports": [r for r in reports_of(home, view.snapshot.id) if r.cohort == cohort],
        "snap": selection.snap,
        "default_cohort": default,
    }


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


def _facet(
    facet: Facet,
    order: Sequence[str],
    shown: Mapping[Key, Shown],
    counts: Mapping[Key, int],
    selection: Selection,
) -> dict[str, Any]:
    """One facet: a row for every value that occurs or is chosen."""
    own = selection.chosen.get(facet, ())
    values = [v for v in order if (str(facet), v) in counts or v in own]
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
