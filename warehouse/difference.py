"""The difference of two snapshots: which rows came, went and changed, and which cases they concern.

Belongs here: comparing the tables of two published files, keys and columns only.
Does not belong here: reported numbers (`analyses.moved`), wording (`orchestration`).
A value itself is never part of a difference, only where one moved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from schemas.tables import BY_NAME
from warehouse.content import TableName
from warehouse.home import Home
from warehouse.snapshot_file import read_content
from warehouse.snapshots import check_file, show

#: Keys of the tables that the dictionary does not declare.
_KEYS: dict[TableName, tuple[str, ...]] = {
    ("analysis", "cases"): ("case_id",),
    ("reference", "published_counts"): ("row_id",),
    ("reference", "cord_norms"): ("vert_level", "sex", "measure"),
}
Key = tuple[object, ...]


@dataclass(frozen=True)
class TableDifference:
    """Keys of one table that came, went, or have another content; sorted.

    `changed` gives the columns whose values moved, by key; `columns` the rows per moved column.
    Columns that only one of the two snapshots has are in `columns_added` and `columns_gone`.
    """

    table: TableName
    added: tuple[Key, ...]
    gone: tuple[Key, ...]
    changed: Mapping[Key, tuple[str, ...]]
    columns_added: tuple[str, ...] = ()
    columns_gone: tuple[str, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether anything differs."""
        return bool(
            self.added or self.gone or self.changed or self.columns_added or self.columns_gone
        )

    @property
    def columns(self) -> dict[str, int]:
        """Rows whose value moved, by column."""
        found: dict[str, int] = {}
        for moved in self.changed.values():
            for column in moved:
                found[column] = found.get(column, 0) + 1
        return dict(sorted(found.items()))


@dataclass(frozen=True)
class Difference:
    """What lies between two snapshots; a case is corrected where any row that hangs on it moved.

    A case whose consent was withdrawn or that its site no longer delivers is `cases_gone`.
    """

    before: str
    after: str
    tables: tuple[TableDifference, ...]
    cases_added: tuple[str, ...]
    cases_corrected: tuple[str, ...]
    cases_gone: tuple[str, ...]


def difference_between(home: Home, before: str, after: str) -> Difference:
    """Compare two published snapshots, whose files are verified first.

    Raises
    ------
    UsageError
        If there is no snapshot of that id.
    IntegrityError
        If a file is not as it was published.
    """
    frames = []
    for snapshot_id in (before, after):
        snapshot = show(home, snapshot_id)
        check_file(snapshot)
        frames.append(read_content(snapshot.path))
    return compare(frames[0], frames[1], before=before, after=after)


def compare(
    old: Mapping[TableName, pl.DataFrame],
    new: Mapping[TableName, pl.DataFrame],
    *,
    before: str,
    after: str,
) -> Difference:
    """Compare the tables of two snapshots; `before` and `after` are their ids."""
    tables = [
        _table(name, key, old.get(name), new.get(name))
        for name in sorted({*old, *new})
        if (key := _key_of(name)) is not None
    ]
    had, has = (set(_cases_of(frames, "cases")) for frames in (old, new))
    touched: set[str] = set()
    for found in tables:
        layer, name = found.table
        if layer == "core" and name != "sites":
            for frames, keys in ((old, (*found.gone, *found.changed)), (new, found.added)):
                touched |= _hanging_on(frames, name, keys)
    return Difference(
        before,
        after,
        tuple(found for found in tables if found.is_any),
        cases_added=tuple(sorted(has - had)),
        cases_corrected=tuple(sorted(touched & had & has)),
        cases_gone=tuple(sorted(had - has)),
    )


def _key_of(name: TableName) -> tuple[str, ...] | None:
    """Key of a table; None for one that is only counted."""
    if name[0] == "core" and name[1] in BY_NAME:
        return BY_NAME[name[1]].key
    return _KEYS.get(name)


def _table(
    name: TableName, key: tuple[str, ...], old: pl.DataFrame | None, new: pl.DataFrame | None
) -> TableDifference:
    """The difference of one table."""
    if old is None or new is None:
        there = new if old is None else old
        assert there is not None
        keys = tuple(sorted(there.select(key).rows(), key=str))
        if old is None:
            return TableDifference(name, keys, (), {})
        return TableDifference(name, (), keys, {})
    common = [c for c in new.columns if c in old.columns and c not in key]
    gone = old.join(new, on=key, how="anti").select(key).rows()
    added = new.join(old, on=key, how="anti").select(key).rows()
    both = old.select(*key, *common).join(new.select(*key, *common), on=key, suffix="__after")
    moved = both.select(
        *key, *(pl.col(c).ne_missing(pl.col(f"{c}__after")).alias(c) for c in common)
    )
    if common:
        moved = moved.filter(pl.any_horizontal(common))
    changed = {
        row[: len(key)]: tuple(c for c, is_so in zip(common, row[len(key) :], strict=True) if is_so)
        for row in (moved.rows() if common else [])
    }
    return TableDifference(
        name,
        tuple(sorted(added, key=str)),
        tuple(sorted(gone, key=str)),
        dict(sorted(changed.items(), key=str)),
        tuple(sorted(set(new.columns) - set(old.columns))),
        tuple(sorted(set(old.columns) - set(new.columns))),
    )


def _cases_of(frames: Mapping[TableName, pl.DataFrame], table: str) -> list[str]:
    """Cases of a snapshot."""
    frame = frames.get(("core", table))
    return [] if frame is None else frame["case_id"].to_list()


def _hanging_on(
    frames: Mapping[TableName, pl.DataFrame], table: str, keys: tuple[Key, ...]
) -> set[str]:
    """Cases that rows of a table belong to: through their parents, or of a patient his cases."""
    if not keys:
        return set()
    key = BY_NAME[table].key
    rows = pl.DataFrame(keys, schema=list(key), orient="row").join(
        frames["core", table], on=key, how="inner"
    )
    if table == "patients":
        cases = frames["core", "cases"].join(rows.select("patient_id"), on="patient_id")
        return set(cases["case_id"].to_list())
    if "case_id" in rows.columns:
        return set(rows["case_id"].drop_nulls().to_list())
    found: set[str] = set()
    for column, parent in BY_NAME[table].parents.items():
        if parent not in ("sites", "cases"):
            above = tuple((value,) for value in rows[column].drop_nulls().unique().to_list())
            found |= _hanging_on(frames, parent, above)
    return found
