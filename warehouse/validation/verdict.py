"""The verdict on a staged table: which rows are refused, why, and that both counts agree.

Belongs here: the two counts side by side, held-back children (E_PARENT), foreign keys of other
sites (E_SITE).
Does not belong here: writing the verdict into `core` and `quarantine` (`warehouse.merge`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.catalogue import checks_of
from schemas.checks import AnyCheck
from schemas.columns import Identifier
from schemas.errors import IntegrityError
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
    rows = _rows_of(store, table, broken)
    problems = [
        *(
            _problem(checks[number], table, rows[delivery, row])
            for delivery, row, number in broken.rows()
        ),
        *_held_back(store, table),
        *_claimed_elsewhere(store, table),
    ]
    frame = pl.DataFrame(problems, schema=PROBLEM_SCHEMA, orient="row")
    return Verdict(table, frame.sort("delivery", "row", "rule", "column"), counts)


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
            f"{table.name}: the two counts of broken rows disagree ({'; '.join(differing)}). Nothing of "
            "this table was merged. This is a fault of the program: report it with these lines."
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


def _problem(check: AnyCheck, table: Table, row: dict[str, object]) -> tuple[object, ...]:
    """One row of `quarantine.problems`."""
    text = {c: None if row[c] is None else str(row[c]) for c in table.names}
    at_fault = check.column in table.key and isinstance(table[check.column].type, Identifier)
    hidden = at_fault and check.rule in ("R004", "R007", "R008")
    key = None if hidden else "|".join(text[k] or "" for k in table.key)
    return (
        row["_delivery"],
        row["_site"],
        row["_name"],
        row["_file"],
        row["_record"],
        row["_line"],
        table.name,
        row["_row"],
        key,
        check.column,
        check.rule,
        check.severity,
        message_of(check, table, text),
        suggestion_of(check, text),
    )


def _held_back(store: Store, table: Table) -> list[tuple[object, ...]]:
    """E_PARENT: rows whose parent was delivered, but refused."""
    key = ", ".join(f"s.{name(k + TEXT_SUFFIX)}" for k in table.key)
    found: list[tuple[object, ...]] = []
    for column, parent in table.parents.items():
        found += store.rows(
            "select s._delivery, d.site, d.name, s._file, s._record, s._line, ?, s._row,"
            f" concat_ws('|', {key}), ?, 'E_PARENT', 'error', ?, ?"
            f" from staged.{name(table.name)} s join received.deliveries d on d.delivery = s._delivery"
            f" join (select p._delivery, p.{name(column)}, bool_and(q.row is not null) as is_refused"
            f" from staged.{name(parent)} p left join quarantine.refused q on q.delivery = p._delivery"
            ' and q."table" = ? and q."row" = p._row group by 1, 2) p'
            f" on p._delivery = s._delivery and p.{name(column)} = s.{name(column)}"
            " where p.is_refused",
            [
                table.name,
                column,
                f"The row of {parent} it hangs on is in quarantine.",
                f"Correct that row of {parent} and deliver again; this one then comes in too.",
                parent,
            ],
        )
    return found


def _claimed_elsewhere(store: Store, table: Table) -> list[tuple[object, ...]]:
    """E_SITE: rows whose key is already kept for another site."""
    key = ", ".join(f"s.{name(k + TEXT_SUFFIX)}" for k in table.key)
    same = " and ".join(f"c.{name(k)} = s.{name(k)}" for k in table.key)
    return store.rows(
        "select s._delivery, d.site, d.name, s._file, s._record, s._line, ?, s._row,"
        f" concat_ws('|', {key}), ?, 'E_SITE', 'error',"
        " 'This key belongs to a row of another site.', 'Give the row a key of its own site.'"
        f" from staged.{name(table.name)} s join received.deliveries d on d.delivery = s._delivery"
        f" join core.{name(table.name)} c on {same}"
        " join received.deliveries o on o.delivery = c._delivery where o.site <> d.site",
        [table.name, table.key[0]],
    )
