"""What a snapshot holds: the tables that leave the warehouse, without places of files.

Belongs here: choosing tables and columns, and the id they lead to.
Does not belong here: the file, the manifest and `CURRENT` (`warehouse.snapshots`).
"""

import polars as pl

from assets.context import Line
from assets.redaction import redacted
from schemas.showing import counted
from schemas.tables import SCHEMA_VERSION, TABLES
from warehouse.constraints import constraints_of
from warehouse.content import content_id
from warehouse.quarantine import delivery_counts
from warehouse.retiring import held_by_reports, retire
from warehouse.settings import settings_of
from warehouse.snapshots import Snapshot, publish

_OTHERS = (
    ("reference", "published_counts"),
    ("reference", "cord_norms"),
    ("analysis", "cases"),
    ("analysis", "columns"),
)
KEYS: dict[tuple[str, str], tuple[str, ...]] = {
    **{("core", table.name): table.key for table in TABLES},
    ("reference", "published_counts"): ("row_id",),
    ("reference", "cord_norms"): ("vert_level", "sex", "measure"),
    ("analysis", "cases"): ("case_id",),
    ("analysis", "columns"): ("column",),
}
CONSTRAINTS = {("core", table.name): constraints_of(table) for table in TABLES}


#: Settings that go out with a snapshot; the others are the operator's own affair.


def snapshot_frames(line: Line) -> dict[tuple[str, str], pl.DataFrame]:
    """The rows of the next snapshot by (layer, table)."""
    frames = {
        ("core", table.name): line.store.read("core", table.name).select(
            column.name for column in table.kept_columns
        )
        for table in TABLES
    }
    frames |= {key: line.store.read(*key) for key in _OTHERS}
    # A delivery that waits for a person changes nothing that is published.
    counted = delivery_counts(line.store).filter(pl.col("status") != "held")
    frames["received", "deliveries"] = counted.drop("sequence")
    return frames


def candidate_id(line: Line) -> str:
    """Id of the snapshot that the store would give now, known before anything is published."""
    return content_id(snapshot_frames(line))


@redacted
def publish_snapshot(line: Line) -> Snapshot:
    """Publish what the store holds, or find that it is published already."""
    settings = settings_of(line.home)
    snapshot = publish(
        snapshot_frames(line),
        keys=KEYS,
        constraints=CONSTRAINTS,
        home=line.home,
        ledger=line.ledger,
        schema_version=SCHEMA_VERSION,
        extra_manifest=settings.about,
    )
    line.say(f"published: {snapshot.id}" + ("" if snapshot.is_new else " (unchanged)"))
    if settings.keep_snapshots is not None:
        _retire(line, settings.keep_snapshots)
    return snapshot


def _retire(line: Line, keep: int) -> None:
    """Retire what the policy lets go, and say what it does not."""
    for old in retire(line.home, line.ledger, keep=keep):
        line.say(f"retired: {old} (keep_snapshots: {keep})")
    held = held_by_reports(line.home, line.ledger, keep=keep)
    if held:
        first, folders = next(iter(held.items()))
        line.say(
            f"kept beyond keep_snapshots: {keep}: {counted(len(held), 'snapshot')}, for results "
            f"or reports rest on each. To let {first} go, remove {' '.join(folders)}; the next run "
            "retires it, and 'imsct snapshot restore' brings it back."
        )
