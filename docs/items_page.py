"""The page of the reporting items: what each list asks, and how a report answers.

Belongs here: how the lists are set for a reader.
Does not belong here: the lists and how they are filled (`analyses.report.items`), writing files
(`docs/write_pages.py`).
"""

from analyses.report.items.item import CONDITIONS, Checklist, Item, lists
from schemas.pages.words import anchor, as_text, cell, grid

_ABOUT = (
    "Every analysis report ends with these lists. A row is *filled* only if the report has the "
    "section named here and the artefact holds something; it then shows a link and the beginning "
    "of the artefact's SHA-256. *In part*: a person must add what the last column says. Where the "
    "section or the artefact is missing, and wherever none is named, the row reads *a person must "
    "write this*. No run rates quality or risk of bias. What is asked is said in our own words; "
    "for a submission take the forms of the authors."
)
_HASHES = (
    "The hash is that of the bytes of a file, or of the part of `results.json` that the pointer "
    "names, written with sorted keys, one space of indent and a newline at the end; of "
    "confidential rows it is that of the part as the report may show it, because a hidden count "
    "could be found from the hash of the true one by trying. `{primary}` is the place of the "
    "primary model in `models`, `{best}` that of the best one."
)


def items_page() -> str:
    """The page `docs/reporting-items.md`."""
    lines = ["# Reporting items", "", _ABOUT, "", _HASHES, "", "Items that need a condition:", ""]
    lines += grid(
        ("condition", "where it does not hold, the report says"),
        [(f"`{name}`", each.otherwise) for name, each in CONDITIONS.items()],
    )
    for made in lists():
        lines += _list(made)
    return as_text(lines)


def _list(made: Checklist) -> list[str]:
    """One list as a table."""
    needs = f" The list as a whole needs the condition `{made.needs}`." if made.needs else ""
    return [
        "",
        anchor(made.id),
        "",
        f"## {made.name}",
        "",
        f"{made.about} {len(made.items)} items.{needs} Source: {made.source}, "
        f"[doi:{made.doi}](https://doi.org/{made.doi}).",
        "",
        *grid(
            ("item", "part", "asks for", "needs", "section, and what lies behind it", "a person"),
            [_row(item, is_judged=made.judged) for item in made.items],
        ),
    ]


def _row(item: Item, *, is_judged: bool) -> tuple[str, ...]:
    """One item."""
    found = "; ".join(_found(each) for each in item.found)
    if item.never:
        rest = f"Does not apply. {item.never}"
    elif item.found:
        rest = "The judgement. " * is_judged + item.person
        rest += f" Not where the report has `{item.also}`." if item.also else ""
    else:
        rest = f"All of it. {item.person}".strip()
    needs = f"`{item.needs}`" if item.needs else ""
    return (item.number, item.part, cell(item.asks), needs, found, cell(rest.strip()))


def _found(text: str) -> str:
    """A section and its artefact."""
    place, artefact, *condition = text.split(" ")
    only = f" (if `{condition[0]}`)" if condition else ""
    return f"`{place}`: `{artefact}`{only}"
