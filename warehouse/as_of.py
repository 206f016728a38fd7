"""As of: one table of `core` as it was at a snapshot, a delivery or an event, written to a file.

Belongs here: which moment is meant, the rows of then, the file and its `export` event.
Does not belong here: whole snapshots (`warehouse.exporting`), reading versions
(`warehouse.history`).
A snapshot gives the rows it was published with. History gives what the warehouse holds of that
moment today: a delivery that was withdrawn since counts as never come, and rows of a person who
withdrew are left out.
"""

import io
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import polars as pl

from schemas.errors import UsageError
from schemas.showing import counted, nearest_name, text_class
from schemas.table import Table
from schemas.tables import BY_NAME
from warehouse.decisions import named_delivery
from warehouse.exporting import EXPORT, safe_csv
from warehouse.files import write_atomically
from warehouse.history import read_as_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.publications import newest_events
from warehouse.reconciling import open_reconciled
from warehouse.snapshot_file import read_content
from warehouse.snapshots import check_file, show
from warehouse.sql import name

_KINDS = (".csv", ".parquet")


@dataclass(frozen=True)
class Written:
    """A table of a moment, and where it lies."""

    table: str
    moment: str
    file: Path
    rows: int
    left_out: int
    simulated: int
    seq: int

    @property
    def message(self) -> str:
        """For the user."""
        said = f"{self.file}: {self.table} as of {self.moment}, {counted(self.rows, 'row')}"
        lines = [f"{said} (ledger seq {self.seq})"]
        if self.left_out:
            lines.append(f"{counted(self.left_out, 'row')} withdrawn since: left out.")
        if self.simulated:
            lines.append(f"SIMULATED DATA: {self.simulated} of {self.rows} rows.")
        return "\n".join(lines)


def export_as_of(
    home: Home, ledger: Ledger, moment: str, table_name: str, out: Path, *, by: str
) -> Written:
    """Write a table as of a snapshot id, a SITE/DELIVERY or a number of the ledger.

    The ledger has it before the file has its name, as for every export.

    Raises
    ------
    UsageError
        If there is no such moment or table, or the file is there, or is neither CSV nor Parquet.
    """
    table = _table(table_name)
    if os.path.lexists(out):
        raise UsageError(f"--out {out}: it is there already. Name a file that is not.")
    if out.suffix not in _KINDS:
        raise UsageError(f"--out {out.name}: name a file that ends in {' or '.join(_KINDS)}.")
    rows, left_out = _rows(home, ledger, moment, table)
    data = safe_csv(rows).encode() if out.suffix == ".csv" else _as_parquet(rows)
    entry = ledger.append(
        EXPORT,
        as_of=moment,
        table=table.name,
        rows=rows.height,
        left_out=left_out,
        sha256=sha256(data).hexdigest(),
        by=by,
    )
    write_atomically(out, data, mode=0o600)
    simulated = int((rows["provenance"] == "simulated").sum())
    return Written(table.name, moment, out, rows.height, left_out, simulated, entry.seq)


def _table(given: str) -> Table:
    """The table of that name."""
    if given in BY_NAME:
        return BY_NAME[given]
    meant = nearest_name(given, sorted(BY_NAME))
    raise UsageError(
        f"--table ({text_class(given)}): core has no such table"
        + (f"; nearest is '{meant}'" if meant else "")
        + f". Known: {', '.join(BY_NAME)}."
    )


def _rows(home: Home, ledger: Ledger, moment: str, table: Table) -> tuple[pl.DataFrame, int]:
    """The rows of then, sorted by key; and how many were left out because they were withdrawn."""
    published = newest_events(ledger)
    if moment in published:
        snapshot = show(home, moment)
        check_file(snapshot)
        content = read_content(snapshot.path)
        if ("core", table.name) not in content:
            raise UsageError(f"Snapshot {moment} has no table {table.name}: it is older than that.")
        return content["core", table.name].sort(table.key), 0
    seq = _seq(ledger, moment)
    key = ", ".join(name(column) for column in table.key)
    with open_reconciled(home) as store:
        found = read_as_of(store, table, seq)
        withdrawn = store.frame(
            f"select {key} from history.{name(table.name)} where ended_by = 'withdrawn'"
            f" except select {key} from core.{name(table.name)}"
        )
    kept = found.join(withdrawn, on=table.key, how="anti")
    columns = [column.name for column in table.kept_columns]
    return kept.select(columns).sort(table.key), found.height - kept.height


def _seq(ledger: Ledger, moment: str) -> int:
    """The number that a moment stands for."""
    if "/" in moment:
        return named_delivery(ledger, moment).seq
    newest = ledger.head[0]
    if moment.isdecimal() and 0 < int(moment) <= newest:
        return int(moment)
    raise UsageError(
        f"as-of: the first argument ({text_class(moment)}) is no snapshot, no SITE/DELIVERY and no "
        f"number of the ledger (1 to {newest}). 'imsct snapshot list' and 'imsct delivery list' "
        "show them."
    )


def _as_parquet(rows: pl.DataFrame) -> bytes:
    """The bytes of a Parquet file: polars would leave a part of one on a full disk."""
    out = io.BytesIO()
    rows.write_parquet(out)
    return out.getvalue()
