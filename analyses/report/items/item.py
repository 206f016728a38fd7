"""Item: one thing that a reporting guideline asks, and how a report may answer it.

Belongs here: the form of an item and of a list, reading the lists, when an item applies.
Does not belong here: what is asked (the YAML files beside this one), filling (`filling`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

#: In the order of the page.
NAMES = ("tripod", "probast", "clear", "metrics")
#: How PyRadiomics and MIRP name a feature: by its family.
_FEATURE = re.compile(
    r"(^|_)(shape2?d?|firstorder|glcm|glrlm|glszm|gldzm|gldm|ngtdm|ngldm)_"
    r"|^(morph|loc|stat|ih|ivh|cm|rlm|szm|dzm|ngt|ngl)_",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Item:
    """One item of a list.

    `asks` is our own wording. `found` says where a run may answer: the id of a section, an artefact
    (a file, or `results.json#/` and a pointer, in which `{primary}` and `{best}` are the place of
    that model) and perhaps a condition; the first counts whose section is in the report and whose
    artefact holds something. `person` is what a person must write: what is left where something is
    found, else a word on all of it. With `also` nothing is left if that section is there too.
    `needs` names a condition without which the item does not apply; `never` says why it applies to
    no report of this program. `facts` names a sentence of the run that stands with the item.
    """

    number: str
    part: str
    asks: str
    found: tuple[str, ...] = ()
    person: str = ""
    also: str = ""
    needs: str = ""
    never: str = ""
    facts: str = ""


@dataclass(frozen=True)
class Checklist:
    """One list: its id, name, what it is, where it is published.

    `judged` is set where a person must judge every item, so that no run can fill one. `needs`: as
    of an item, for the whole list.
    """

    id: str
    name: str
    about: str
    source: str
    doi: str
    items: tuple[Item, ...]
    needs: str = ""
    judged: bool = False


@dataclass(frozen=True)
class Condition:
    """When an item applies, and what is said where it does not."""

    holds: Callable[[Mapping[str, Any]], bool]
    otherwise: str


@cache
def lists() -> tuple[Checklist, ...]:
    """Every list, as declared in the files of this package."""
    return tuple(_read(name) for name in NAMES)


def _read(name: str) -> Checklist:
    """One list; a key that an item does not have is an error here."""
    text = resources.files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    raw = yaml.safe_load(text)
    items = tuple(
        Item(**{**row, "found": tuple(row.get("found") or ())}) for row in raw.pop("items")
    )
    return Checklist(id=name, items=items, **raw)


def has_features(page: Mapping[str, Any]) -> bool:
    """Whether predictors are features computed from images, as far as a plan tells.

    Notes
    -----
    Results do not say where a column comes from. A plan that names predictors by the beginning of
    their names is one for a table of features; else the names are looked at.

    Examples
    --------
    >>> cohort = {"missingness": [{"column": "stat_p10"}]}
    >>> has_features({"plan": {"predictors": ["stat_p10"]}, "cohort": cohort})
    True
    """
    chosen = page["plan"].get("predictors")
    by_prefix = isinstance(chosen, Mapping) and bool(chosen.get("prefix"))
    return by_prefix or any(_FEATURE.search(r["column"]) for r in page["cohort"]["missingness"])


def _left_out_in_turn(page: Mapping[str, Any]) -> bool:
    """Whether a model was tested at centres it was not made from."""
    return any((m.get("performance") or {}).get("internal_external") for m in page["models"])


CONDITIONS = {
    "model": Condition(lambda page: bool(page["models"]), "No model was made from these cases."),
    "centres": Condition(
        _left_out_in_turn,
        "No centre could be left out in turn: that needs a model and at least three centres.",
    ),
    "persons": Condition(
        lambda page: bool(page["cohort"]["provenance"] != "simulated"),
        "The patients are invented.",
    ),
    "features": Condition(has_features, "No predictor is a feature computed from an image."),
}
