"""The SQL pass: every check of a staged table in one query, a row per broken (row, check).

Belongs here: what "broken" means in SQL for each kind of check.
Does not belong here: messages and parents (`warehouse.validation.verdict`), the second count
(`suite`).
"""

from collections.abc import Sequence

import polars as pl

from schemas.checks import (
    AnyCheck,
    ConflictCheck,
    DuplicateCheck,
    PredicateCheck,
    RangeCheck,
    ReferenceCheck,
    RequiredCheck,
    TextCheck,
    VocabularyCheck,
)
from schemas.table import Table
from schemas.tables import BY_NAME
from warehouse.sql import TEXT_SUFFIX, Compiler, literal, literals, name
from warehouse.store import Store

#: Enough for the joins of a million wide rows, the larger of them on disk; without a limit DuckDB
#: takes what the machine has.
_MEMORY = "700MiB"


def broken_checks(store: Store, table: Table, checks: Sequence[AnyCheck]) -> pl.DataFrame:
    """Find every broken check of a staged table.

    Returns
    -------
    pl.DataFrame
        `_delivery`, `_row`, `check` (place in `checks`), one row per broken check, sorted.
    """
    compiler = Compiler(table, BY_NAME)
    # A list per row, unnested at once: flags of every row and check would fill the memory.
    marks = ", ".join(
        f"case when {_broken(check, compiler)} then {n} end" for n, check in enumerate(checks)
    )
    with store.limited(_MEMORY):
        return store.frame(
            f"select t._delivery, t._row, unnest(list_filter([{marks}], n -> n is not null))"
            f'::integer as "check" from {_source(table, checks, compiler)} order by all'
        )


def _source(table: Table, checks: Sequence[AnyCheck], compiler: Compiler) -> str:
    """The staged table with what its checks need beside it: related values, parents, twins."""
    predicates = [check.holds for check in checks if isinstance(check, PredicateCheck)]
    parents = [check for check in checks if isinstance(check, ReferenceCheck)]
    found = "\n".join(
        f"left join (select distinct _delivery as d, {name(c.parent_column)} as k, true as is_there"
        f" from staged.{name(c.parent)}) p{number}"
        f" on p{number}.d = t._delivery and p{number}.k = t.{name(c.column)}"
        for number, c in enumerate(parents)
    )
    return f"({_with_twins(table)}) t\n{compiler.joins(predicates)}\n{found}"


def _with_twins(table: Table) -> str:
    """The staged rows; those of a repeated key with their number in it and whether they differ.

    Only they are compared: a window over every row would copy the whole table.
    """
    key = ["_delivery", *(name(k + TEXT_SUFFIX) for k in table.key)]
    repeated = f"(select {', '.join(key)} from staged.{name(table.name)} group by all"
    same = " and ".join(f"k.{part} = s.{part}" for part in key)
    # JSON, because no separator is safe: a cell may hold any character, also on purpose.
    content = ", ".join(f"s.{name(c + TEXT_SUFFIX)}" for c in table.names)
    return (
        "select s.*, coalesce(w._nth, 1) as _nth, coalesce(w._differs, false) as _differs"
        f" from staged.{name(table.name)} s left join (select _delivery, _row,"
        " row_number() over (same order by _row) as _nth,"
        " min(_content) over same <> max(_content) over same as _differs from"
        f" (select s._delivery, s._row, {', '.join('s.' + part for part in key[1:])},"
        f" md5(cast(to_json([{content}]) as varchar)) as _content"
        f" from staged.{name(table.name)} s join {repeated} having count(*) > 1) k on {same})"
        f" window same as (partition by {', '.join(key)})) w"
        " on w._delivery = s._delivery and w._row = s._row"
    )


def _broken(check: AnyCheck, compiler: Compiler) -> str:
    """SQL that is true exactly for the rows that break the check."""
    text = f"t.{name(check.column + TEXT_SUFFIX)}"
    match check:
        case TextCheck(pattern=pattern, forbidden=forbidden):
            matches = f"regexp_full_match({text}, {literal(pattern)})"
            return matches if forbidden else f"not {matches}"
        case VocabularyCheck(codes=codes):
            return f"{text} not in ({literals(codes)})"
        case RangeCheck(low=low, high=high):
            return f"t.{name(check.column)} not between {low!r} and {high!r}"
        case RequiredCheck(reason_column=reason):
            explained = f" and t.{name(reason + TEXT_SUFFIX)} is null" if reason else ""
            return f"{text} is null{explained}"
        case DuplicateCheck():
            return f"{text} is not null and _nth > 1 and not _differs"
        case ConflictCheck():
            return f"{text} is not null and _differs"
        case ReferenceCheck():
            number = _parent_number(check, compiler.table)
            return f"{text} is not null and p{number}.is_there is null"
        case PredicateCheck(holds=holds):
            return f"not {compiler.predicate(holds)}"


def _parent_number(check: ReferenceCheck, table: Table) -> int:
    """Place of the parent among the table's foreign keys, as joined by `_source`."""
    return list(table.parents).index(check.column)
