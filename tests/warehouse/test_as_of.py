"""A table as of a snapshot, a delivery or a number of the ledger: the rows of then, recorded."""

from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from assets.snapshot import KEYS, publish_snapshot
from schemas.errors import StorageError, UsageError
from tests.support.command import imsct
from tests.support.folders import set_cells
from tests.support.registry import Registry
from warehouse.as_of import export_as_of
from warehouse.reconciling import record_merge
from warehouse.store import Store


def older(folder: Path) -> None:
    """Another age of the second case."""
    set_cells(folder, "cases", row=2, age_years="52")


def withdrawal(folder: Path) -> None:
    """The first patient withdraws."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "patients.csv").write_text("patient_id\nP1\n")


def taken_in(path: Path) -> Registry:
    """Delivered, published, corrected; then a patient withdraws."""
    (path / "home").mkdir()
    with Store.open(path / "home" / "warehouse.duckdb") as store:
        fill_layers(store)
        registry = Registry(path, store)
        registry.deliver("d1", lambda _: None)
        publish_snapshot(registry.line)
        registry.deliver("d2", older, mode="correction", supersedes="d1")
        registry.deliver("w1", withdrawal, mode="withdrawal")
        record_merge(store, registry.ledger)
    return registry


def fill_layers(store: Store) -> None:
    """One row in each layer besides `core`, with the keys that publishing asks for."""
    for (layer, table), key in KEYS.items():
        if layer != "core":
            store.replace(layer, table, pl.DataFrame({column: ["1"] for column in key}))


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Nothing but exports is written to it."""
    return taken_in(tmp_path_factory.mktemp("registry"))


def ages(registry: Registry, moment: str, out: Path) -> dict[str, float]:
    """Age by case, as of a moment."""
    export_as_of(registry.home, registry.ledger, moment, "cases", out, by="someone")
    rows = pl.read_parquet(out) if out.suffix == ".parquet" else pl.read_csv(out)
    return dict(rows.select("case_id", "age_years").rows())


def test_each_way_of_naming_a_moment_gives_the_rows_of_then(
    registry: Registry, tmp_path: Path
) -> None:
    first = registry.number("d1")
    snapshot = str(registry.ledger.events("published")[0].payload["snapshot"])
    for place, (moment, rows) in enumerate(
        {
            "SITE_A/d1": {"C2": 47.0},
            str(first): {"C2": 47.0},
            snapshot: {"C1": 47.0, "C2": 47.0},
            "SITE_A/d2": {"C2": 52.0},
            str(registry.ledger.head[0]): {"C2": 52.0},
        }.items()
    ):
        kind = ("csv", "parquet")[place % 2]
        assert ages(registry, moment, tmp_path / f"{place}.{kind}") == rows, moment


def test_who_withdrew_is_left_out_of_history_and_said(registry: Registry, tmp_path: Path) -> None:
    written = export_as_of(
        registry.home, registry.ledger, "SITE_A/d1", "cases", tmp_path / "a.csv", by="someone"
    )
    assert pl.read_csv(written.file)["case_id"].to_list() == ["C2"]
    assert "1 row withdrawn since: left out" in written.message
    assert "SIMULATED DATA: 1 of 1 rows" in written.message


def test_an_export_of_then_is_recorded_before_it_is_there(
    registry: Registry, tmp_path: Path
) -> None:
    out = tmp_path / "a.csv"
    ran = imsct(
        *("snapshot", "as-of", "SITE_A/d2", "--table", "cases", "--out", out),
        *("--home", registry.home.path),
    )
    assert ran.exit == 0, ran.err
    with pytest.raises(StorageError):
        ages(registry, "SITE_A/d2", tmp_path / "nowhere" / "a.csv")
    *_, told, tried = registry.ledger.events("export")
    assert told.payload["sha256"] == sha256(out.read_bytes()).hexdigest()
    assert (told.payload["as_of"], told.payload["table"], told.payload["rows"]) == (
        "SITE_A/d2",
        "cases",
        1,
    )
    assert tried.payload["sha256"] == told.payload["sha256"]
    assert registry.ledger.head[0] == tried.seq


@pytest.mark.parametrize(
    ("moment", "table", "out", "said"),
    [
        ("SITE_A/d9", "cases", "a.csv", "nothing so named was received"),
        ("9999", "cases", "a.csv", r"as-of: .*text of 4 characters.*number of the ledger \(1 to"),
        ("0", "cases", "a.csv", "no number of the ledger"),
        ("Smith", "cases", "a.csv", "text of 5 characters"),
        ("1", "casess", "a.csv", "nearest is 'cases'"),
        ("1", "cases", "a.xlsx", r"ends in \.csv or \.parquet"),
        ("1", "cases", "", "is there already"),
    ],
)
def test_what_cannot_be_is_a_wrong_usage(
    registry: Registry, tmp_path: Path, moment: str, table: str, out: str, said: str
) -> None:
    before = len(registry.ledger.events())
    with pytest.raises(UsageError, match=said) as caught:
        export_as_of(registry.home, registry.ledger, moment, table, tmp_path / out, by="someone")
    assert "Smith" not in str(caught.value)
    assert len(registry.ledger.events()) == before
