"""Property: on any delivery the SQL pass and its polars twin agree, and no record is lost."""

import os
from collections import Counter

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.catalogue import checks_of
from schemas.columns import Code, Column, Integer, Number
from schemas.tables import BY_NAME, TABLES
from tests.rules_twin import Delivery
from tests.support.rows import valid_delivery
from tests.support.staging import judge, stage_frames
from warehouse.accounts import close_accounts
from warehouse.store import Store

#: Few at each change, many at night: IMSCT_EXAMPLES=2000.
EXAMPLES = int(os.environ.get("IMSCT_EXAMPLES", "8"))

#: Cells that other programs got wrong: blanks, control characters, dates, numbers in odd clothes.
_ODD = [
    *("", " ", "unknown", "not_applicable", "NaN", "1e999", "-0", "0.0", "4,5", "+1", "007"),
    *("2021-03-04", "20831177", "é", "\n", "C1\n", "a|b", "'", '"', "\x1f", "C1\x1f", "{0}", "%"),
]
#: Values that occur in related columns: keys of the delivery, and days around the surgeries.
_SHARED = ["C1", "C2", "S1", "S2", "R1", "R2", "O1", "P1", "SITE_A", "0", "-1", "1", "12", "365"]

Change = tuple[str, int, str, str]


def _texts(column: Column) -> st.SearchStrategy[str]:
    """Cells of a column: mostly what it may hold, its limits, and then anything."""
    shared, odd = st.sampled_from(_SHARED), st.sampled_from(_ODD)
    match column.type:
        case Code(vocabulary):
            likely = st.sampled_from(vocabulary.codes)
            return st.one_of(likely, likely, likely, shared, odd)
        case Integer(low=low, high=high) | Number(low=low, high=high):
            limits = [f"{x:g}" for x in (low, low - 1, high, high + 1) if abs(x) < 1e6]
            near = st.sampled_from([*limits, "1.32", "9.99", "10", "90.5", "100"])
            return st.one_of(near, shared, st.integers(-5, 40).map(str), odd)
    return st.one_of(shared, odd, st.text(max_size=3))


def _change() -> st.SearchStrategy[Change]:
    """One cell of one row."""
    places = st.sampled_from([(table.name, c) for table in TABLES for c in table.columns])
    return places.flatmap(
        lambda place: st.tuples(
            st.just(place[0]), st.integers(0, 3), st.just(place[1].name), _texts(place[1])
        )
    )


#: Two of everything, so that rows can swap parents and repeat keys.
_BASE = valid_delivery(
    cases=[{"case_id": "C1"}, {"case_id": "C2", "index_event": "diagnostic_imaging"}],
    imaging_studies=[{"study_id": "S1"}, {"study_id": "S2", "modality": "ct", "case_id": "C2"}],
    imaging_reads=[{"read_id": "R1"}, {"read_id": "R2", "study_id": "S2"}],
    surgeries=[{"surgery_id": "O1"}, {"surgery_id": "O2", "case_id": "C2", "surgery_day": "12"}],
)


def _changed(
    changes: list[Change], repeated: list[str], emptied: list[str]
) -> dict[str, pl.DataFrame]:
    """The base delivery with repeated rows, changed cells and emptied tables."""
    tables = {n: pl.concat([f, f]) if n in repeated else f for n, f in _BASE.items()}
    for table, row, column, text in changes:
        frame = tables[table]
        cells = frame[column].to_list()
        cells[row % len(cells)] = text
        tables[table] = frame.with_columns(pl.Series(column, cells, dtype=pl.String))
    return {n: f.clear() if n in emptied else f for n, f in tables.items()}


_NAMES = st.sampled_from([table.name for table in TABLES])


def test_sql_pass_and_twin_agree_and_no_record_is_lost() -> None:
    runs = iter(range(1, 1_000_000))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        changes=st.lists(_change(), min_size=5, max_size=60),
        repeated=st.lists(_NAMES, max_size=4),
        emptied=st.lists(_NAMES, max_size=1),
    )
    def holds(changes: list[Change], repeated: list[str], emptied: list[str]) -> None:
        delivery = _changed(changes, repeated, emptied)
        number = next(runs)
        stage_frames(store, delivery, number=number)
        judge(store)
        accounts = close_accounts(store)
        assert _broken_by_sql(store, delivery, number) == _broken_by_twin(delivery)
        received = sum(rows.height for rows in delivery.values())
        assert accounts["received"].sum() == received
        assert (accounts["accepted"] + accounts["quarantined"]).sum() == received
        assert _refused(store, number) == accounts["quarantined"].sum()

    with Store.open(None) as store:
        holds()


def test_no_character_in_a_cell_hides_that_two_rows_differ() -> None:
    """Cells joined by a separator look equal where one of them holds the separator."""
    reads = [
        {"reader_id": "a\x1f1", "read_round": "x", "is_consensus": "yes"},
        {"reader_id": "a", "read_round": "1\x1fx", "is_consensus": "yes"},
    ]
    delivery = valid_delivery(imaging_reads=reads)
    with Store.open(None) as store:
        stage_frames(store, delivery)
        judge(store)
        found = _broken_by_sql(store, delivery, 1)
    assert found == _broken_by_twin(delivery)
    assert found["imaging_reads", "R1", "R002", "read_id"] == 2


def _broken_by_sql(store: Store, delivery: dict[str, pl.DataFrame], number: int) -> Counter[object]:
    """Every broken (table, key, rule, column) in quarantine; rows held back are not broken."""
    found = store.rows(
        'select "table", "row", rule, "column" from quarantine.problems'
        " where delivery = ? and rule <> 'E_PARENT'",
        [number],
    )
    return Counter(
        (table, _key(delivery[str(table)], str(table), int(str(row))), rule, column)
        for table, row, rule, column in found
    )


def _broken_by_twin(delivery: dict[str, pl.DataFrame]) -> Counter[object]:
    """The same by the polars twin."""
    twin = Delivery(delivery)
    return Counter(
        (table.name, key, check.rule, check.column)
        for table in TABLES
        for check in checks_of(table.name)
        for key in twin.broken_keys(check)
    )


def _key(rows: pl.DataFrame, table: str, row: int) -> str:
    """Key values of a row, joined as everywhere."""
    return "|".join(str(rows[name][row]) for name in BY_NAME[table].key)


def _refused(store: Store, number: int) -> int:
    """Rows kept in quarantine."""
    ((n,),) = store.rows("select count(*) from quarantine.refused where delivery = ?", [number])
    return int(str(n))
