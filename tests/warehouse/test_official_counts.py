"""Official counts: kept by set of deliveries, equal by both counts, not lost by an idle run."""

from schemas.tables import BY_NAME
from tests.support.rows import valid_delivery
from tests.support.staging import judge, stage_frames
from warehouse.accounts import close_accounts
from warehouse.history import undo_from
from warehouse.official_counts import official_counts
from warehouse.staging import clear_staged
from warehouse.store import Store

MISSPELT = [{"histology": "spinal_ependymona"}]
Broken = list[tuple[int, str, str, int, int]]


def broken(store: Store) -> Broken:
    """Set, table, rule and both counts of what was broken."""
    said = ("set", "table", "rule", "sql_pass", "great_expectations")
    rows = official_counts(store).to_dicts()
    return [tuple(row[c] for c in said) for row in rows if row["sql_pass"]]


def take_in(store: Store, number: int, pathology: list[dict[str, str]]) -> None:
    """Stage, judge with both counts, close the account."""
    stage_frames(store, valid_delivery(pathology=pathology), number=number)
    judge(store, counted_twice=("pathology",))
    close_accounts(store)


def test_each_check_of_a_table_is_kept_with_both_counts(store: Store) -> None:
    take_in(store, 4, MISSPELT)
    assert broken(store) == [(4, "pathology", "R005", 1, 1)]
    counts = official_counts(store)
    assert set(counts["rows"]) == {1}
    assert counts["deliveries"].to_list() == [[4]] * counts.height
    checks = counts.select("rule", "column").unique()
    assert checks.height == counts.height > len(BY_NAME["pathology"].columns)


def test_a_run_without_deliveries_keeps_what_was_counted(store: Store) -> None:
    take_in(store, 4, MISSPELT)
    before = official_counts(store)
    clear_staged(store)
    judge(store, counted_twice=BY_NAME)
    assert official_counts(store).equals(before)


def test_a_set_that_is_judged_again_is_not_counted_twice(store: Store) -> None:
    take_in(store, 1, [{}])
    take_in(store, 4, MISSPELT)
    before = official_counts(store)
    undo_from(store, 4)
    assert set(official_counts(store)["set"]) == {1}
    judge(store, counted_twice=("pathology",))
    assert official_counts(store).equals(before)


def test_where_nobody_counts_a_second_time_nothing_is_called_official(store: Store) -> None:
    stage_frames(store, valid_delivery(pathology=MISSPELT))
    judge(store)
    assert official_counts(store).is_empty()
