"""Site profiles: how the files of one source become rows of the tables.

Belongs here: what a profile may say, and that it accounts for every column of both sides.
Does not belong here: what each key means (`schemas.profile_keys`), loading the YAML
(`assets.profiles`), applying it (`assets.readers.mapping`).
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.dates import ISO, is_date_format
from schemas.formats import FEATURE_TABLES, GIVEN, WITHOUT_HEADER, WORKBOOKS, Format
from schemas.manifest import is_plain_name
from schemas.redcap_export import RedcapExport, require_conditions
from schemas.table import Table, day_columns
from schemas.tables import BY_NAME, SCHEMA_VERSION
from schemas.versions import columns_at, is_optional_at
from schemas.vocabularies import MISSING_REASON


def _is_reason(text: str) -> str:
    """Refuse a reason that the dictionary does not know."""
    if text not in MISSING_REASON.codes:
        raise ValueError(f"a missing value is one of {', '.join(MISSING_REASON.codes)}")
    return text


Reason = Annotated[str, AfterValidator(_is_reason)]


def _is_date_format(text: str) -> str:
    """Refuse a format that leaves day, month or century open."""
    if not is_date_format(text):
        raise ValueError(f"a date format is '{ISO}', or %Y, %m and %d with one separator")
    return text


DateFormat = Annotated[str, AfterValidator(_is_date_format)]


class _Strict(BaseModel):
    """A part of a profile: no unknown keys, nothing changed after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where the value of one target column comes from: one of `column`, `constant`, `id`."""

    column: str | None = None
    constant: str | None = None
    id: tuple[str, ...] | None = None
    prefix: str = ""
    codes: dict[str, str] = Field(default_factory=dict)
    empty: str | None = None
    empty_where: dict[str, dict[str, str]] = Field(default_factory=dict)
    only_where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    only_where_filled: str | None = None
    months_to_days: bool = False
    date: DateFormat | None = None
    factor: Annotated[str, Field(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$")] | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        given = [self.column, self.constant, self.id]
        if sum(value is not None for value in given) != 1:
            raise ValueError("give exactly one of column, constant, id")
        if self.column is None and (
            self.codes
            or self.empty is not None
            or self.empty_where
            or self.months_to_days
            or self.date
            or self.factor
        ):
            raise ValueError(
                "codes, empty, empty_where, months_to_days, date and factor go with column only"
            )
        if self.date and (self.months_to_days or self.factor):
            raise ValueError("a date is neither a number of months nor multiplied")
        if self.id is None and self.prefix:
            raise ValueError("prefix goes with id only")
        return self

    def reads(self) -> set[str]:
        """Delivered columns that the source reads."""
        found = {self.column, self.only_where_filled, *(self.id or ()), *self.only_where}
        return {name for name in (found | set(self.empty_where)) if name is not None}


class Rows(_Strict):
    """One kind of row made from a delivered record."""

    table: str
    columns: dict[str, Source]
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    when_any_filled: tuple[str, ...] = ()
    once: bool = False
    unlisted: Literal["not_recorded", "refuse"] = "refuse"

    @model_validator(mode="after")
    def _fits_the_table(self) -> Self:
        if self.table not in BY_NAME:
            raise ValueError(f"there is no table '{self.table}'")
        table = BY_NAME[self.table]
        unknown = sorted(set(self.columns) - set(table.names))
        if unknown:
            raise ValueError(f"{self.table} has no column {', '.join(unknown)}")
        wrong = [n for n, s in self.columns.items() if s.date and n not in day_columns(table)]
        if wrong:
            raise ValueError(f"{self.table}: no day from day 0, so no date: {', '.join(wrong)}")
        missing = [name for name in table.names if name not in self.columns]
        if missing and self.unlisted == "refuse":
            raise ValueError(f"{self.table}: no source for {', '.join(missing)}")
        return self

    def reads(self) -> set[str]:
        """Delivered columns that the rows read."""
        found = set(self.when) | set(self.when_any_filled)
        return found.union(*(source.reads() for source in self.columns.values()))


#: In `ignored_records`: every value that no rows ask for.
ANY_OTHER = "*"
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class FileProfile(_Strict):
    """One delivered file: its format, its exact header, and the rows made from a record.

    `file` is its name; where one file stands for one subject or report, `{name}` in it is a column
    of every record beside those of the header.
    """

    file: str
    format: Format = "delimited"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "latin-1", "windows-1252"] = "utf-8"
    header: tuple[str, ...] = ()
    sheet: str | None = None
    features: tuple[str, ...] = ()
    study: str | None = None
    decimal: Literal[".", ","] = "."
    missing: dict[str, Reason] = Field(default_factory=dict)
    ignored: dict[str, str] = Field(default_factory=dict)
    ignored_records: dict[str, dict[str, str]] = Field(default_factory=dict)
    redcap: RedcapExport | None = None
    rows: tuple[Rows, ...]

    @field_validator("file")
    @classmethod
    def _is_plain(cls, name: str) -> str:
        if not is_plain_name(_PLACEHOLDER.sub("x", name)):
            raise ValueError("it is no plain file name, within the folder of the delivery")
        return name

    @model_validator(mode="after")
    def _is_whole_for_redcap(self) -> Self:
        if (self.redcap is not None) != self.format.startswith("redcap"):
            raise ValueError(
                f"{self.file}: `redcap` goes with the formats of REDCap, and they with it"
            )
        if self.redcap is not None:
            require_conditions(self.header, self.rows)
        return self

    @model_validator(mode="after")
    def _accounts_for_every_column(self) -> Self:
        read = set(self.ignored_records).union(*(rows.reads() for rows in self.rows))
        named = set(self.named_in_file)
        if named & set(self.columns):
            raise ValueError(f"{self.file}: a column is both in the name and in the header")
        absent = sorted((read | set(self.ignored)) - set(self.columns) - named)
        if absent:
            raise ValueError(f"{self.file}: the header has no column {', '.join(absent)}")
        repeated = sorted({name for name in self.columns if self.columns.count(name) > 1})
        if repeated:
            raise ValueError(f"{self.file}: the header names twice {', '.join(repeated)}")
        # the reader does not look for forbidden characters in what is ignored
        both = sorted(read & set(self.ignored))
        if both:
            raise ValueError(f"{self.file}: both read and ignored: {', '.join(both)}")
        own = [name for name in self.header if name.startswith("_")]
        if own:
            raise ValueError(f"{self.file}: no column may begin with '_': {', '.join(own)}")
        silent = [name for name in self.columns if name not in read and name not in self.ignored]
        if silent:
            raise ValueError(f"{self.file}: neither read nor ignored: {', '.join(silent)}")
        return self

    @model_validator(mode="after")
    def _says_what_its_format_needs(self) -> Self:
        if self.sheet is None and self.format in WORKBOOKS:
            raise ValueError(f"{self.file}: format {self.format} needs 'sheet', a sheet's name")
        if self.sheet is not None and self.format not in WORKBOOKS:
            raise ValueError(f"{self.file}: 'sheet' goes with a workbook; leave it out")
        if bool(self.features) != (self.format in FEATURE_TABLES):
            raise ValueError(f"{self.file}: a feature table, and nothing else, has features")
        if self.study not in (self.header if self.features else (None,)):
            raise ValueError(f"{self.file}: `study` names a column of a feature table's header")
        if bool(self.header) == (self.format in WITHOUT_HEADER):
            is_there = "no" if self.header else "a"
            raise ValueError(f"{self.file}: a file of {self.format} has {is_there} header")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of every record: those of the header, then those that the reader gives."""
        return (*self.header, *GIVEN.get(self.format, ()))

    @property
    def named_in_file(self) -> tuple[str, ...]:
        """Columns that the file's name holds, not its header."""
        return tuple(_PLACEHOLDER.findall(self.file))

    def match(self, name: str) -> dict[str, str] | None:
        """What a file's name says of its records; None where it is no file of this part.

        Examples
        --------
        >>> part = FileProfile(file="{study}_seg.csv", header=("a",), ignored={"a": ""}, rows=())
        >>> part.match("S1_seg.csv"), part.match("S1.csv")
        ({'study': 'S1'}, None)
        """
        pieces = _PLACEHOLDER.split(self.file)
        pattern = "".join(
            f"(?P<{piece}>[A-Za-z0-9_-]+)" if place % 2 else re.escape(piece)
            for place, piece in enumerate(pieces)
        )
        found = re.fullmatch(pattern, name)
        return None if found is None else found.groupdict()


class Profile(_Strict):
    """A source layout. `assumptions` are what the profile supplies that the source does not say."""

    name: str
    title: str
    version: int
    source: str
    assumptions: tuple[str, ...] = ()
    files: tuple[FileProfile, ...]

    @model_validator(mode="after")
    def _names_each_file_once(self) -> Self:
        names = [part.file for part in self.files]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"a file is named twice: {', '.join(repeated)}")
        return self

    def file(self, name: str) -> FileProfile | None:
        """The part for a delivered file, if the profile knows it."""
        return next((part for part in self.files if part.match(name) is not None), None)


#: The features of one set; what it is stands in the row of feature_sets of that key.
FEATURE_FILE = FileProfile(
    file="{feature_set_id}.features.parquet",
    format="features",
    header=("study_id", "structure"),
    study="study_id",
    features=("",),
    ignored={"study_id": "kept with the features, in a file of the home"},
    ignored_records={"structure": {ANY_OTHER: "kept with the features, in a file of the home"}},
    rows=(),
)


def own_layout(version: str = SCHEMA_VERSION) -> Profile:
    """The project's own layout: one `<table>.csv` per table, header as in the dictionary.

    A row of feature_sets comes with its file, named by its key.

    Of an earlier version of the dictionary it has that version's header; columns that are newer,
    or could be left empty then, say that nothing was recorded.
    """
    return Profile(
        name="imsct",
        title="The project's own layout: one CSV file per table",
        version=int(version),
        source="the data dictionary",
        files=(
            *(
                FileProfile(
                    file=f"{table.name}.csv",
                    header=tuple(column.name for column in columns_at(table, version)),
                    rows=(
                        Rows(
                            table=table.name,
                            columns={
                                column.name: Source(
                                    column=column.name,
                                    empty=None if is_optional_at(column, version) else "",
                                )
                                for column in columns_at(table, version)
                            },
                            unlisted="refuse" if version == SCHEMA_VERSION else "not_recorded",
                        ),
                    ),
                )
                for table in BY_NAME.values()
            ),
            FEATURE_FILE,
        ),
    )


def layout_with_dates() -> Profile:
    """The project's own layout as a hospital has it: local ids, dates in place of days.

    `imsct prepare` reads it. What is a `<name>_day` there is a `<name>_date` here, in ISO 8601.
    """
    return Profile(
        name="imsct_dates",
        title="The project's own layout with local ids, and dates in place of days",
        version=int(SCHEMA_VERSION),
        source="the data dictionary",
        files=tuple(_part_with_dates(table) for table in BY_NAME.values()),
    )


def _part_with_dates(table: Table) -> FileProfile:
    """One table of the layout with dates."""
    days = day_columns(table)
    named = {n: f"{n.removesuffix('_day')}_date" if n in days else n for n in table.names}
    columns = {
        target: Source(column=name, date=ISO if target in days else None, empty="")
        for target, name in named.items()
    }
    return FileProfile(
        file=f"{table.name}.csv",
        header=tuple(named.values()),
        rows=(Rows(table=table.name, columns=columns),),
    )


def withdrawal_layout() -> Profile:
    """The files of a withdrawal, whatever the site's profile: `<table>.csv`, key columns only."""
    return Profile(
        name="withdrawal",
        title="Keys that a site withdraws: one CSV file per table",
        version=1,
        source="the data dictionary",
        files=tuple(
            FileProfile(
                file=f"{table.name}.csv",
                header=table.key,
                rows=(
                    Rows(
                        table=table.name,
                        columns={key: Source(column=key, empty="") for key in table.key},
                        unlisted="not_recorded",
                    ),
                ),
            )
            for table in BY_NAME.values()
        ),
    )
