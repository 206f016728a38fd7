"""Columns: what one value of a table is, in text as delivered and typed as kept.

Belongs here: column types with the exact text they accept, availability times, the `Column` class.
Does not belong here: which columns a table has (`schemas.tables`), rules between columns
(`schemas.catalogue`).
"""

from dataclasses import dataclass, field
from enum import StrEnum

import polars as pl

from schemas.expressions import Predicate
from schemas.sequences import CT_NAMES, SHORT_NAMES
from schemas.vocabularies import MISSING_REASON
from schemas.vocabulary import Vocabulary
from schemas.wording import listed

REASON_SUFFIX = "_missing_reason"


class Availability(StrEnum):
    """When a value becomes known; a model may use only what was known at its prediction time."""

    KEY = "key"
    ADMIN = "admin"
    PREOPERATIVE_CLINICAL = "preoperative_clinical"
    PREOPERATIVE_IMAGING = "preoperative_imaging"
    INTRAOPERATIVE = "intraoperative"
    PATHOLOGY = "pathology"
    POSTOPERATIVE = "postoperative"
    FOLLOW_UP = "follow_up"
    #: Decided per row: before the first surgery preoperative_imaging, afterwards postoperative.
    BY_STUDY_DAY = "by_study_day"
    #: Decided per row by the timepoint of the assessment.
    BY_TIMEPOINT = "by_timepoint"


@dataclass(frozen=True)
class Identifier:
    """A pseudonym or another name of a row."""

    pattern: str = "[A-Za-z0-9_-]{1,40}"
    dtype = pl.String
    phrase: str = "an identifier of 1 to 40 letters, digits, '_' or '-'"


@dataclass(frozen=True)
class Integer:
    """A whole number within `low` and `high`, both allowed."""

    low: float
    high: float
    unit: str = ""
    pattern: str = field(default="-?[0-9]{1,9}", init=False)
    dtype = pl.Int64
    phrase: str = field(default="a whole number", init=False)


@dataclass(frozen=True)
class Number:
    """A decimal number within `low` and `high`, both allowed; decimal point, no thousands sign."""

    low: float
    high: float
    unit: str = ""
    pattern: str = field(default=r"-?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?", init=False)
    dtype = pl.Float64
    phrase: str = field(default="a number with a decimal point", init=False)


@dataclass(frozen=True)
class Code:
    """One value of a closed vocabulary, in its exact spelling."""

    vocabulary: Vocabulary
    dtype = pl.String

    @property
    def phrase(self) -> str:
        """What the value must be, for messages."""
        return f"one of: {', '.join(self.vocabulary.codes)}"


@dataclass(frozen=True)
class TextCode:
    """A short technical text of known form (a version, a hash); never free text."""

    pattern: str
    phrase: str
    dtype = pl.String


ColumnType = Identifier | Integer | Number | Code | TextCode


@dataclass(frozen=True)
class Assessable:
    """What a study must have for a finding to be judged on it; the rule `rule` is made from it.

    One of `columns` of `imaging_studies` must say "acquired", or the modality be one of
    `modalities` (`with_contrast`: and intravenous contrast given). `codes` are the findings that
    need it; without them every coded value does.
    """

    rule: str
    columns: tuple[str, ...]
    modalities: tuple[str, ...] = ()
    with_contrast: bool = False
    codes: tuple[str, ...] = ()
    is_warning: bool = False

    @property
    def phrase(self) -> str:
        """The sequences and modalities in words.

        Examples
        --------
        >>> Assessable("R025", ("seq_t2", "seq_swi")).phrase
        'T2 or SWI'
        """
        contrast = " with intravenous contrast" * self.with_contrast
        other = [CT_NAMES[modality] + contrast for modality in self.modalities]
        return listed([*(SHORT_NAMES[name] for name in self.columns), *other])


@dataclass(frozen=True)
class Column:
    """One column: its type, meaning, availability time and whether it must be filled.

    `required_when` makes an optional column required for the rows where the predicate holds; the
    demand is the rule `required_rule`, which is R004 unless the catalogue has a number of its own
    for it. `applies_when` says where the column means anything at all, if that is wider than where
    it is required; a form shows it only there, no rule asks.
    `may_be_explained` gives it a companion `<name>_missing_reason`; a reason fills a required
    number.
    `parent` names the table whose key this column repeats. `label` is the short name for people
    where the column's own does not read well; `source` says who defined the quantity, empty where
    the project did. What makes a value judgeable is either `assessable_on` (a study's sequences,
    enforced) or said in `assessed_by`. `since` is the version of the dictionary that introduced
    the column; before `optional_before` it could be left empty.
    """

    type: ColumnType
    description: str
    available: Availability
    required: bool = True
    required_when: Predicate | None = None
    required_rule: str = "R004"
    applies_when: Predicate | None = None
    may_be_explained: bool = False
    parent: str | None = None
    label: str = ""
    source: str = ""
    assessable_on: Assessable | None = None
    assessed_by: str = ""
    since: str = "1"
    optional_before: str = ""
    name: str = ""

    @property
    def title(self) -> str:
        """Name for people: the label, or the column's name in words."""
        return self.label or self.name.replace("_", " ")

    @property
    def is_numeric(self) -> bool:
        """Whether the typed value is a number."""
        return isinstance(self.type, Integer | Number)

    @property
    def unit(self) -> str:
        """Unit of the number, empty for anything else."""
        return self.type.unit if isinstance(self.type, Integer | Number) else ""

    @property
    def reason_name(self) -> str:
        """Name of the companion column that says why this one is empty."""
        return self.name + REASON_SUFFIX


def reason_column(column: Column) -> Column:
    """Companion column of a number: why it is empty."""
    return Column(
        Code(MISSING_REASON),
        description=f"Why `{column.name}` is empty.",
        available=Availability.ADMIN,
        required=False,
        label=f"reason why {column.title} is missing",
        since=column.since,
        optional_before=column.optional_before,
        name=column.reason_name,
    )
