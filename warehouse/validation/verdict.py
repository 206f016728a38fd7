"""The verdict on a staged table: which rows are refused, why, and that both counts agree.

Belongs here: the two counts side by side, held-back children (E_PARENT).
Does not belong here: what a row must agree on with `core` (`warehouse.admission`), writing the
verdict into `core` and `quarantine` (`warehouse.merge`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import polars as pl

from schemas.catalogue import checks_of
from schemas.checks import AnyCheck, ConflictCheck, DuplicateCheck, PredicateCheck, ReferenceCheck
from schemas.errors import IntegrityError
from schemas.expressions import tables_of
from schemas.showing import shown_key
from schemas.table import Table
from warehouse.sql import TEXT_SUFFIX, name
from warehouse.store import Store
from warehouse.validation.messages import message_of, suggestion_of
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
    broken rows
    per check. A row is refused when one of its problems is an error.
    """

    table: Table
    problems: pl.DataFrame
    counts: dict[str, int]

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


def validate(store: Store, table: Table, *, official: OfficialCount | None) -> Verdict:
    """Judge every staged row of a table.

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
    if official is not None:
        _agree(table, checks, ours=list(counts.values()), theirs=official.count(table, checks))
    problems = [
        *_broken_rows(store, table, checks=checks, broken=broken),
        *_held_back(store, table),
    ]
    frame = pl.DataFrame(problems, schema=PROBLEM_SCHEMA, orient="row")
    return Verdict(table, frame.sort("delivery", "row", "rule", "column"), counts)


def _broken_rows(
    store: Store, table: Table, *, checks: Sequence[AnyCheck], broken: pl.DataFrame
) -> list[tuple[object, ...]]:
    """The broken checks in words, one problem each."""
    rows = _rows_of(store, table, broken)
    found = [(checks[n], delivery, rows[delivery, row]) for delivery, row, n in broken.rows()]
    repeated = any(isinstance(check, DuplicateCheck | ConflictCheck) for check, _, _ in found)
    lines = _lines_by_key(store, table) if repeated else {}
    needed = {check.name: _tables_needed(check) for check, _, _ in found}
    unread = {other: _with_unread_records(store, other) for other in set().union(*needed.values())}
    problems = []
    for check, delivery, row in found:
        if int(str(row["_row"])) < 0:
            problems += _no_longer_right(check, table, row)
            continue
        missing = [other for other in needed[check.name] if delivery in unread[other]]
        problems.append(
            _waiting(check, table, row=row, other=missing[0])
            if missing
            else _problem(check, table, row, lines=lines)
        )
    return problems


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
    store: Store, table: Table, broken: pl.DataFrame
) -> dict[tuple[int, int], dict[str, object]]:
    """Delivered text and place of the rows that break something."""
    store.con.register("broken_rows", broken.select("_delivery", "_row").unique().to_arrow())
    texts = ", ".join(f"s.{name(c + TEXT_SUFFIX)} as {name(c)}" for c in table.names)
    found = store.frame(
        "select s._delivery, s._row, s._file, s._record, s._line, d.site as _site,"
        f" d.name as _name, {texts} from staged.{name(table.name)} s"
        " join broken_rows b on b._delivery = s._delivery and b._row = s._row"
        " join received.deliveries d on d.delivery = s._delivery"
    )
    store.con.unregister("broken_rows")
    return {(row["_delivery"], row["_row"]): row for row in found.iter_rows(named=True)}


def _lines_by_key(store: Store, table: Table) -> dict[tuple[object, ...], list[int]]:
    """Lines on which a repeated key stands, by delivery and key."""
    keys = ", ".join(name(k + TEXT_SUFFIX) for k in table.key)
    found = store.rows(
        f"select list(_line order by _row), _delivery, {keys} from staged.{name(table.name)}"
        " group by all having count(*) > 1"
    )
    return {key: cast("list[int]", lines) for lines, *rest in found for key in [tuple(rest)]}


def _with_unread_records(store: Store, table: str) -> set[object]:
    """Deliveries of which records of a table were refused at reading, their keys unknown."""
    found = store.rows(
        'select distinct delivery from quarantine.problems where "table" = ? and "row" is null',
        [table],
    )
    return {delivery for (delivery,) in found}


def _problem(
    check: AnyCheck,
    table: Table,
    row: dict[str, object],
    *,
    lines: Mapping[tuple[object, ...], list[int]],
) -> tuple[object, ...]:
    """One row of `quarantine.problems`."""
    text = {c: None if row[c] is None else str(row[c]) for c in table.names}
    same_key = lines.get((row["_delivery"], *(text[k] for k in table.key)), [])
    return (
        *_place_of(row, table),
        check.column,
        check.rule,
        check.severity,
        message_of(check, table, row=text, lines=same_key),
        suggestion_of(check, text),
    )


def _no_longer_right(
    check: AnyCheck, table: Table, row: dict[str, object]
) -> list[tuple[object, ...]]:
    """A warning for a kept row that the delivery's rows have put in the wrong."""
    if check.severity == "warning":
        return []
    text = {c: None if row[c] is None else str(row[c]) for c in table.names}
    message = message_of(check, table, row=text, lines=[])
    said = f"With this delivery a row that was accepted before breaks a rule: {message}"
    found = (check.column, check.rule, "warning", said, suggestion_of(check, text))
    return [(*_place_of(row, table), *found)]


def _waiting(
    check: AnyCheck, table: Table, *, row: dict[str, object], other: str
) -> tuple[object, ...]:
    """E_PARENT: what the row needs may be among the records that could not be read."""
    return (
        *_place_of(row, table),
        check.column,
        "E_PARENT",
        "error",
        f"What this row needs of {other} was not found, and rows of {other} could not be read.",
        f"Mend the file of {other} and deliver again; this row is judged anew then.",
    )


def _place_of(row: Mapping[str, object], table: Table) -> tuple[object, ...]:
    """Where a row stands: delivery, site, name, file, record, line, table, row, key."""
    text = {k: None if row[k] is None else str(row[k]) for k in table.key}
    place = (
        row["_delivery"],
        row["_site"],
        row["_name"],
        row["_file"],
        row["_record"],
        row["_line"],
    )
    return (*place, table.name, row["_row"], shown_key(table, text))


#: Place of a staged row `s` and its key as delivered, in the order that `row_place` reads.
ROW_PLACE = "s._delivery, d.site, d.name, s._file, s._record, s._line, s._row"


def row_place(table: Table, values: Sequence[object]) -> tuple[object, ...]:
    """The place in the order of `_place_of`, from the columns of `ROW_PLACE` and the key."""
    *place, row = values[:7]
    text = dict(zip(table.key, (None if v is None else str(v) for v in values[7:]), strict=True))
    return (*place, table.name, row, shown_key(table, text))


def _held_back(store: Store, table: Table) -> list[tuple[object, ...]]:
    """E_PARENT: rows whose parent was delivered, but refused."""
    key = ", ".join(f"s.{name(k + TEXT_SUFFIX)}" for k in table.key)
    found: list[tuple[object, ...]] = []
    for column, parent in table.parents.items():
        said = (
            f"The row of {parent} it hangs on is in quarantine.",
            f"Correct that row of {parent} and deliver again; this one then comes in too.",
        )
        rows = store.rows(
            f"select {ROW_PLACE}, {key}"
            f" from staged.{name(table.name)} s"
            " join received.deliveries d on d.delivery = s._delivery"
            f" join (select p._delivery, p.{name(column)},"
            " bool_and(q.row is not null) as is_refused"
            f" from staged.{name(parent)} p left join quarantine.refused q"
            " on q.delivery = p._delivery"
            ' and q."table" = ? and q."row" = p._row group by 1, 2) p'
            f" on p._delivery = s._delivery and p.{name(column)} = s.{name(column)}"
            " where p.is_refused and s._row >= 0",
            [parent],
        )
        found += [(*row_place(table, row), column, "E_PARENT", "error", *said) for row in rows]
    return found
