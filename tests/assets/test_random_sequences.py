"""Property: any sequence of deliveries leads where a database built again from them leads.

Full deliveries, increments, corrections and withdrawals in any order go the whole way from the
landing zone into a store on disk; then all of them again, at once, into an empty one.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.folders import read_rows, set_cells, write_rows
from tests.support.registry import Registry, fill
from warehouse.store import Store

#: Few at each change, many at night: IMSCT_EXAMPLES=500. One takes seconds: every delivery is read
#: in a child process, twice.
EXAMPLES = int(os.environ.get("IMSCT_EXAMPLES", "2"))
#: Cells that decide whether a row, and what hangs on it, comes in; wrong ones and right ones.
_CELLS = st.sampled_from(
    [("patients", "sex", text) for text in ("femal", "male", "female")]
    + [("cases", "age_years", text) for text in ("203", "48", "47")]
    + [("cases", "patient_id", text) for text in ("P1", "P2", "P9")]
    + [("imaging_studies", "study_day", text) for text in ("5", "-3", "-9")]
    + [("imaging_reads", "level_upper", text) for text in ("C44", "C3", "C4")]
    + [("imaging_measurements", "value", text) for text in ("-1", "41", "40")]
    + [("surgeries", "extent_of_resection", text) for text in ("all", "str", "gtr")]
    + [("pathology", "surgery_id", text) for text in ("O1", "O2", "O9", "")]
)
_CHANGES = st.lists(st.tuples(_CELLS, st.integers(1, 2)), max_size=4)
_TABLES = ["patients", "cases", "imaging_studies", "imaging_reads", "imaging_measurements"]
_TABLES += ["surgeries", "pathology"]
_KEYS = {"patients": "P", "cases": "C", "imaging_studies": "S", "pathology": "H"}
Step = tuple[str, list[tuple[tuple[str, str, str], int]], list[str], int]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["full", "increment", "correction", "correction", "withdrawal"]),
        _CHANGES,
        st.lists(st.sampled_from(_TABLES), min_size=1, max_size=3, unique=True),
        st.integers(1, 3),
    ),
    min_size=2,
    max_size=3,
)


def _spoilt(step: Step) -> Callable[[Path], None]:
    """The files of a delivery: all of a full one, some tables of another, keys of a withdrawal."""
    mode, changes, tables, number = step

    def change(folder: Path) -> None:
        for (table, column, text), row in changes:
            set_cells(folder, table, row=row, **{column: text})
        if number < 3 and mode != "withdrawal":
            for table in tables:  # one record less: it vanishes, or is not named
                write_rows(folder, table, read_rows(folder, table)[:number])
        for path in folder.iterdir():
            if mode != "full" and path.stem not in tables:
                path.unlink()
        if mode == "withdrawal":
            _keys_only(folder, number)

    return change


def _keys_only(folder: Path, number: int) -> None:
    """The one file of a withdrawal."""
    for path in folder.iterdir():
        path.unlink()
    table = sorted(_KEYS)[number % len(_KEYS)]
    header = {"patients": "patient_id", "cases": "case_id"}.get(table)
    header = header or {"imaging_studies": "study_id", "pathology": "pathology_id"}[table]
    (folder / f"{table}.csv").write_text(f"{header}\n{_KEYS[table]}{1 + number % 2}\n")


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(first=_CHANGES, steps=_STEPS)
def test_step_by_step_and_all_at_once_lead_to_the_same(
    first: list[tuple[tuple[str, str, str], int]], steps: list[Step]
) -> None:
    with tempfile.TemporaryDirectory() as made, Store.open(Path(made) / "kept.duckdb") as store:
        fill(store)
        registry = Registry(Path(made), store)
        registry.deliver("d0", _spoilt(("full", first, ["patients"], 3)))
        for number, step in enumerate(steps, start=1):
            supersedes = "d0" if step[0] == "correction" else None
            registry.deliver(f"d{number}", _spoilt(step), mode=step[0], supersedes=supersedes)
        _demand_conservation(registry)
        assert registry.kept() == registry.rebuilt()


def _demand_conservation(registry: Registry) -> None:
    """Every record that was announced is in an account, and in one of its two columns."""
    for _, _, received, accepted, quarantined in registry.account():
        assert received == accepted + quarantined
    announced = sum(
        int(str(file["rows"]))
        for event in registry.ledger.events("received")
        for file in event.payload["files"]  # type: ignore[attr-defined]
    )
    assert sum(received for _, _, received, _, _ in registry.account()) == announced
