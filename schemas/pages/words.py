"""Words and marks that the pages share: links, anchors, numbers, what a column's parts mean.

Belongs here: how a unit, a range, an availability time or a requirement is said to a reader.
Does not belong here: the order of a page (its own module), the declarations.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.coding import Coding
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number, TextCode
from schemas.wording import listed


@dataclass(frozen=True)
class Known:
    """An availability time in words: short for a column, in full, and what a model may do."""

    short: str
    meaning: str
    use: str


_AFTER_IT = "only for predictions made after it"
_BEFORE = "for predictions before the operation and later ones"
AVAILABILITY: dict[Availability, Known] = {
    Availability.KEY: Known("from the start", "from the start; it names the row", "never"),
    Availability.ADMIN: Known(
        "from the start, administrative",
        "from the start; it is about the registry, not the patient",
        "never; `site_id` only groups",
    ),
    Availability.PREOPERATIVE_CLINICAL: Known(
        "before the operation",
        "before the operation, from history and examination",
        _BEFORE,
    ),
    Availability.PREOPERATIVE_IMAGING: Known(
        "before the operation, on imaging", "before the operation, from imaging", _BEFORE
    ),
    Availability.INTRAOPERATIVE: Known("during the operation", "during the operation", _AFTER_IT),
    Availability.PATHOLOGY: Known("with pathology", "with the report of pathology", _AFTER_IT),
    Availability.POSTOPERATIVE: Known("after the operation", "after the operation", _AFTER_IT),
    Availability.FOLLOW_UP: Known(
        "at follow-up", "at follow-up", "never: it is what is to be predicted"
    ),
    Availability.BY_STUDY_DAY: Known(
        "with its study",
        "with its study: before or after the operation, by the study's day and purpose",
        "as before or after the operation, decided for each row",
    ),
    Availability.BY_TIMEPOINT: Known(
        "with its assessment",
        "with its assessment: before or after the operation, by the timepoint",
        "as before or after the operation or at follow-up, decided for each row",
    ),
}

#: Numbers whose range and unit depend on another column of the row.
_BY_ROW = {
    "imaging_measurements.value": "number; range and unit are those of its "
    "[measure](vocabularies.md#measures)",
    "functional_status.score": "number, no unit; range is that of its "
    "[scale](vocabularies.md#scales) and version",
}

NO_UNIT = "no unit"
#: Above this a limit is none.
_ENDLESS = 1e300


def number(value: float) -> str:
    """A number as it would be delivered: no exponent, no thousands sign.

    Examples
    --------
    >>> number(200_000), number(0.2), number(-3650.0)
    ('200000', '0.2', '-3650')
    """
    return f"{value:.15g}"


def range_of(low: float, high: float) -> str:
    """A range in words; an upper limit that is none is left out.

    Examples
    --------
    >>> range_of(0, 90), range_of(1, 1e308)
    ('0 to 90', '1 or more')
    """
    if high < _ENDLESS:
        return f"{number(low)} to {number(high)}"
    return f"{number(low)} or more"


def values_of(column: Column, table: str = "") -> str:
    """What may stand in a column: a vocabulary with its codes, a range with its unit, a form."""
    if f"{table}.{column.name}" in _BY_ROW:
        return _BY_ROW[f"{table}.{column.name}"]
    match column.type:
        case Code(vocabulary):
            link = f"[{vocabulary.name}](vocabularies.md#{vocabulary.name})"
            codes = [f"`{code}`" for code in vocabulary.codes]
            if len(codes) > 8:
                return f"vocabulary {link}, {len(codes)} values"
            return f"vocabulary {link}: {', '.join(codes)}"
        case Integer(low, high, unit):
            return f"whole number, {range_of(low, high)}, {unit or NO_UNIT}"
        case Number(low, high, unit):
            return f"number, {range_of(low, high)}, {unit or NO_UNIT}"
        case Identifier(phrase=phrase) | TextCode(phrase=phrase):
            return phrase


def required_of(column: Column) -> str:
    """Whether a column must be filled, with the condition in words."""
    if column.required:
        return "yes"
    if column.required_when is not None:
        return f"when {column.required_when.sentence()}"
    return "no"


def applies_of(column: Column) -> str:
    """Where the column means anything, if only for some rows; empty else."""
    return "" if column.applies_when is None else f"when {column.applies_when.sentence()}"


def assessable_of(column: Column) -> str:
    """What makes a value judgeable; empty where nothing is declared."""
    needs = column.assessable_on
    if needs is None:
        return column.assessed_by
    codes = f" for {listed([f'`{code}`' for code in needs.codes])}" if needs.codes else ""
    return f"on {needs.phrase}{codes} ({needs.rule})"


def coded(codings: Iterable[Coding]) -> str:
    """Codes of other systems, each with its display and whether a source was seen for it.

    A source is named by `assets/data/evidence/SOURCES.md` or in full.
    """
    return "; ".join(
        f"{c.system} {c.code}"
        + (f" ({c.display})" if c.display else "")
        + (f", {c.status}" + (f" in {c.source}" if c.source else ""))
        for c in codings
    )


def anchor(name: str) -> str:
    """A place that a link can lead to, whatever the heading above it says."""
    return f'<a id="{name}"></a>'


def cell(text: str) -> str:
    """A text inside a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a Markdown table."""
    return [
        f"| {' | '.join(header)} |",
        "|---" * len(header) + "|",
        *(f"| {' | '.join(cell(text) for text in row)} |".replace("|  |", "| |") for row in rows),
    ]


def as_text(lines: Iterable[str]) -> str:
    """Lines as the text of a file: single blank lines, one line end at its end."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def as_one_document(pages: Iterable[str]) -> str:
    """Pages one after the other, with the links between them turned inward.

    Examples
    --------
    >>> print(as_one_document(["[a](../dictionary.md#a), [all](README.md)"]))
    [a](#a), [all](#rules)
    """
    text = "\n".join(pages)
    inward = re.sub(r"\]\([\w./-]*\.md#", "](#", text)
    return inward.replace("](README.md)", "](#rules)").replace("](rules/README.md)", "](#rules)")
