"""The verdict on a staged table: which rows are refused, why, and that both counts agree.

Belongs here: the two counts side by side, held-back children (E_PARENT).
Does not belong here: what a row must agree on with `core` (`warehouse.admission`), writing the
verdict into `core` and `quarantine` (`warehouse.merge`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from schemas.catalogue import checks_of
from schemas.checks import AnyCheck, ConflictCheck, DuplicateCheck, PredicateCheck, ReferenceCheck
from schemas.errors import IntegrityError
from schemas.expressions import tables_of
from schemas.problems import UNREADABLE
from schemas.showing import shown_key, shown_keys
from schemas.table import Table
from warehouse.sql import TEXT_SUFFIX, name
from warehouse.store import Store
from warehouse.validation.messages import columns_said, message_of, suggestion_of
from warehouse.validation.sqlpass import broken_checks
from warehouse.validation.suite import OfficialCount

#: Columns of a problem, as in `quarantine.problems`.
PROBLEM_SCHEMA: dict[str, type[pl.DataType]] = {
    "delivery": pl.Int64,
    "site": pl.String,
    "name": pl.String,
    "file": pl.String,
    "record": pl.Int64,
    "line": pl.Int64,
    "table": pl.String,
    "row": pl.Int64,
    "key": pl.String,
    "column": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "message": pl.String,
    "suggestion": pl.String,
}


@dataclass(frozen=True)
class Verdict:
    """What validation found in one staged table.

    `problems` has the columns of `PROBLEM_SCHEMA`, one row per (row, rule, column); `counts` the
    broken rows per check, `official` the same as Great Expectations counted them, None where it
    did not. A row is refused when one of its problems is an error.
    """

    table: Table
    problems: pl.DataFrame
    counts: dict[str, int]
    official: dict[str, int] | None = None

    @property
    def refused(self) -> pl.DataFrame:
        """`delivery`, `row` of the refused rows, each once."""
        errors = self.problems.filter(pl.col("severity") == "error")
        return errors.select("delivery", "row").unique().sort("delivery", "row")

    def counts_by_rule(self) -> dict[str, int]:
        """Broken rows per rule, zeros included; a row broken in two columns counts twice."""
        by_rule: dict[str, int] = {}
        for check in checks_of(self.table.name):
            by_rule[check.rule] = by_rule.get(check.rule, 0) + self.counts[check.name]
        return by_rule


def validate(
    store: Store, table: Table, *, official: OfficialCount | None, is_apart: bool = False
) -> Verdict:
    """Judge every staged row of a table.

    `is_apart`: a delivery that adds to a site's earlier ones is looked at without them. What only
    they can settle, a parent that is not in it say, is then a warning.

    Rows below 0 are no part of the delivery: they are the site's rows that an increment or a
    correction leaves as they are, staged so that rules which read more than one row see them all.
    One that breaks a rule only now is a warning; it stays in `core`.

    The verdict on its parents must have been written before. With `official` each check is counted
    a second time by Great
    Expectations.

    Raises
    ------
    IntegrityError
        If the two counts differ for any check.
    """
    checks = checks_of(table.name)
    broken = broken_checks(store, table, checks)
    counts = _counts(broken, checks)
    counted_again = None
    if official is not None:
        theirs = official.count(table, checks)
        _agree(table, checks, ours=list(counts.values()), theirs=theirs)
        counted_again = dict(zip(counts, theirs, strict=True))
    problems = [
        pl.DataFrame(schema=PROBLEM_SCHEMA),
        *_broken_rows(store, table, checks=checks, broken=broken, is_apart=is_apart),
        *_held_back(store, table),
    ]
    found = pl.concat(problems).sort("delivery", "row", "rule", "column")
    return Verdict(table, found, counts, counted_again)


def _broken_rows(
    store: Store,
    table: Table,
    *,
    checks: Sequence[AnyCheck],
    broken: pl.DataFrame,
    is_apart: bool,
) -> Iterator[pl.DataFrame]:
    """The broken checks in words, a frame per check: only the cells they speak of are read."""
    said_of = {n: columns_said(checks[n], table) for n in broken["check"].unique().sort()}
    columns = tuple(dict.fromkeys(c for said in said_of.values() for c in said))
    rows = _rows_of(store, table, broken, columns=columns)
    places = broken.join(
        rows.select(_delivery="delivery", _row="row").with_row_index("place"),
        on=["_delivery", "_row"],
    )
    for number, columns_of_check in said_of.items():
        check = checks[number]
        unsaid = [c + TEXT_SUFFIX for c in columns if c not in columns_of_check]
        found = rows.drop(unsaid)[places.filter(pl.col("check") == number)["place"]]
        # reading has said what is wrong with such a cell
        found = found.filter(
            ~pl.any_horizontal(
                pl.col(c + TEXT_SUFFIX).eq_missing(UNREADABLE) for c in columns_of_check
            )
        )
        for other in _tables_needed(check):
            is_unread = (pl.col("row") >= 0) & pl.col("delivery").is_in(
                _with_unread_records(store, other)
            )
            yield _in_words(found.filter(is_unread), check.column, _WAITING, other=other)
            found = found.filter(~is_unread)
        problems = _with_messages(store, table, check, found)
        if is_apart and _tables_needed(check):
            problems = _as_warnings(problems, "Unless an earlier delivery of the site settles it: ")
        yield problems.filter(pl.col("row") >= 0)
        if check.severity == "error":
            said = "With this delivery a row that was accepted before breaks a rule: "
            yield _as_warnings(problems.filter(pl.col("row") < 0), said)


def _as_warnings(problems: pl.DataFrame, said: str) -> pl.DataFrame:
    """Problems that refuse no row, with the reason before their message."""
    message = pl.concat_str(pl.lit(said), pl.col("message"))
    return problems.with_columns(severity=pl.lit("warning"), message=message)


#: Place of a staged row `s` and its key as delivered, in the order that `row_place` reads.
ROW_PLACE = "s._delivery, d.site, d.name, s._file, s._record, s._line, s._row"


def row_place(table: Table, values: Sequence[object]) -> tuple[object, ...]:
    """A problem's place, from the columns of `ROW_PLACE` and the key."""
    *place, row = values[:7]
    text = dict(zip(table.key, (None if v is None else str(v) for v in values[7:]), strict=True))
    return (*place, table.name, row, shown_key(table, text))


def _tables_needed(check: AnyCheck) -> list[str]:
    """Other tables without whose rows a broken check says nothing about the row itself."""
    if isinstance(check, ReferenceCheck):
        return [check.parent]
    if isinstance(check, PredicateCheck) and check.severity == "error":
        return sorted(set(tables_of(check.holds)))
    return []


def _counts(broken: pl.DataFrame, checks: Sequence[AnyCheck]) -> dict[str, int]:
    """Broken rows per check, in the order of the checks."""
    found = dict(broken.group_by("check").len().rows())
    return {check.name: found.get(number, 0) for number, check in enumerate(checks)}


def _agree(
    table: Table, checks: Sequence[AnyCheck], *, ours: Sequence[int], theirs: Sequence[int]
) -> None:
    """Refuse to go on where the SQL pass and the suite count differently."""
    differing = [
        f"{check.name}: SQL pass {a}, Great Expectations {b}"
        for check, a, b in zip(checks, ours, theirs, strict=True)
        if a != b
    ]
    if differing:
        raise IntegrityError(
            f"{table.name}: the two counts of broken rows disagree ({'; '.join(differing)}). "
            "Nothing of this table was merged. A fault of the program: report it with these lines."
        )


def _rows_of(
    store: Store, table: Table, rows: pl.DataFrame, *, columns: Sequence[str]
) -> pl.DataFrame:
    """Place of rows, and the delivered text of some of their columns."""
    texts = [f"s.{name(c + TEXT_SUFFIX)} as {name(c + TEXT_SUFFIX)}" for c in columns]
    store.con.register("broken_rows", rows.select("_delivery", "_row").unique().to_arrow())
    found = store.frame(
        f"select {', '.join([_place(table), *texts])} from staged.{name(table.name)} s"
        " join broken_rows b on b._delivery = s._delivery and b._row = s._row"
        " join received.deliveries d on d.delivery = s._delivery"
    )
    store.con.unregister("broken_rows")
    return _with_key(table, found)


def _place(table: Table) -> str:
    """SQL of the place of a staged row `s`, and of its key as delivered."""
    key = ", ".join(f"s.{name(k + TEXT_SUFFIX)} as {name(k)}" for k in table.key)
    return (
        "s._delivery as delivery, d.site as site, d.name as name, s._file as file,"
        f' s._record as record, s._line as line, s._row as "row", {key}'
    )


def _with_key(table: Table, found: pl.DataFrame) -> pl.DataFrame:
    """Rows with the name of their table, and their key where it may be shown."""
    return found.with_columns(pl.lit(table.name).alias("table"), shown_keys(table).alias("key"))


def _with_messages(
    store: Store, table: Table, check: AnyCheck, found: pl.DataFrame
) -> pl.DataFrame:
    """Problems of one check; rows that are alike where the message looks get one message."""
    said = [c + TEXT_SUFFIX for c in columns_said(check, table)]
    if isinstance(check, DuplicateCheck | ConflictCheck):
        found = found.join(_lines_by_key(store, table), on=["delivery", *table.key], how="left")
        said.append("lines")
    alike = found.select(said).unique()
    words = [_words(check, table, row) for row in alike.iter_rows(named=True)]
    with_words = alike.hstack(pl.DataFrame(words, schema=_WORDS, orient="row"))
    joined = found.join(with_words, on=said, nulls_equal=True)
    return _as_problems(joined, check.column, check.rule, check.severity)


_WORDS = {"message": pl.String, "suggestion": pl.String}


def _words(check: AnyCheck, table: Table, row: Mapping[str, Any]) -> tuple[str, str]:
    """Message and suggestion of a row, from the cells that the message speaks of."""
    text = {c: row[c + TEXT_SUFFIX] for c in columns_said(check, table)}
    lines = row.get("lines") or ()
    return message_of(check, table, row=text, lines=lines), suggestion_of(check, text)


def _in_words(
    found: pl.DataFrame, column: str, words: tuple[str, str, str], *, other: str = ""
) -> pl.DataFrame:
    """Problems of rows of which all have the same words: rule, message, suggestion."""
    rule, message, suggestion = (word.format(other=other) for word in words)
    said = found.with_columns(message=pl.lit(message), suggestion=pl.lit(suggestion))
    return _as_problems(said, column, rule, "error")


def _as_problems(found: pl.DataFrame, column: str, rule: str, severity: str) -> pl.DataFrame:
    """Rows with their words as problems."""
    constant = {"column": column, "rule": rule, "severity": severity}
    return found.with_columns(pl.lit(v).alias(k) for k, v in constant.items()).select(
        pl.col(c).cast(kind) for c, kind in PROBLEM_SCHEMA.items()
    )


def _lines_by_key(store: Store, table: Table) -> pl.DataFrame:
    """Lines on which a repeated key stands, by delivery and key."""
    keys = ", ".join(f"{name(k + TEXT_SUFFIX)} as {name(k)}" for k in table.key)
    return store.frame(
        f"select list(_line order by _row) as lines, _delivery as delivery, {keys}"
        f" from staged.{name(table.name)} group by all having count(*) > 1"
    )


def _with_unread_records(store: Store, table: str) -> list[object]:
    """Deliveries of which records of a table were refused at reading, their keys unknown."""
    found = store.rows(
        'select distinct delivery from quarantine.problems where "table" = ? and "row" is null'
        " and severity = 'error'",
        [table],
    )
    return [delivery for (delivery,) in found]


#: What the row needs may be among the records that could not be read.
_WAITING = (
    "E_PARENT",
    "What this row needs of {other} was not found, and rows of {other} could not be read.",
    "Mend the file of {other} and deliver again; this row is judged anew then.",
)
_HELD_BACK = (
    "E_PARENT",
    "The row of {other} it hangs on is in quarantine.",
    "Correct that row of {other} and deliver again; this one then comes in too.",
)


def _held_back(store: Store, table: Table) -> Iterator[pl.DataFrame]:
    """E_PARENT: rows whose parent was delivered, but refused.

    A row of a record that could not be read whole is refused for that already.
    """
    for column, parent in table.parents.items():
        found = store.frame(
            f"select {_place(table)} from staged.{name(table.name)} s"
            " join received.deliveries d on d.delivery = s._delivery"
            f" join (select p._delivery, p.{name(column)},"
            " bool_and(q.row is not null) as is_refused"
            f" from staged.{name(parent)} p left join quarantine.refused q"
            " on q.delivery = p._delivery"
            ' and q."table" = ? and q."row" = p._row group by 1, 2) p'
            f" on p._delivery = s._delivery and p.{name(column)} = s.{name(column)}"
            " where p.is_refused and s._row >= 0 and not exists (select 1 from quarantine.refused u"
            ' where u."row" is null and u.delivery = s._delivery and u.file = s._file'
            " and u.record = s._record)",
            [parent],
        )
        yield _in_words(_with_key(table, found), column, _HELD_BACK, other=parent)
