"""The validation pass: refused rows, held-back children, two counts that agree."""

from dataclasses import replace

import polars as pl
import pytest

import warehouse.merge as merge_module
from schemas.errors import IntegrityError
from schemas.tables import BY_NAME
from tests.support.rows import valid_delivery, valid_row
from tests.support.staging import judge, stage_frames
from warehouse.accounts import close_accounts
from warehouse.store import Store
from warehouse.validation import verdict as verdict_module
from warehouse.validation.suite import OfficialCount
from warehouse.validation.verdict import validate


def found(store: Store) -> set[tuple[str, str, str]]:
    """Every problem as (table, column, rule)."""
    rows = store.rows('select "table", "column", rule from quarantine.problems')
    return {(str(t), str(c), str(r)) for t, c, r in rows}


def test_a_valid_delivery_has_no_problem_and_reaches_core(store: Store) -> None:
    stage_frames(store, valid_delivery())
    judge(store, counted_twice=BY_NAME)
    assert found(store) == set()
    assert all(store.count("core", table) == 1 for table in BY_NAME)
    accounts = close_accounts(store)
    assert accounts["accepted"].sum() == accounts["received"].sum() == len(BY_NAME)


def test_a_refused_row_holds_back_what_hangs_on_it_and_nothing_else(store: Store) -> None:
    studies = [{"modality": "mrt"}, {"study_id": "S2"}]
    delivery = valid_delivery(imaging_studies=studies)
    stage_frames(store, delivery)
    judge(store, counted_twice=("imaging_studies",))
    assert found(store) == {
        ("imaging_studies", "modality", "R005"),
        ("imaging_reads", "study_id", "E_PARENT"),
        ("imaging_measurements", "study_id", "E_PARENT"),
        ("imaging_measurements", "read_id", "E_PARENT"),
    }
    accounts = close_accounts(store)
    assert accounts["quarantined"].sum() == 3
    assert store.count("core", "cases") == 1
    assert store.count("quarantine", "refused") == 3


def test_the_refused_row_is_kept_as_delivered(store: Store) -> None:
    stage_frames(store, valid_delivery(pathology=[{"histology": "spinal_ependymona"}]))
    judge(store)
    ((content, line),) = store.rows("select content, line from quarantine.refused")
    assert '"histology":"spinal_ependymona"' in str(content)
    assert line == 2
    ((message, suggestion),) = store.rows("select message, suggestion from quarantine.problems")
    assert "nearest is 'spinal_ependymoma'" in str(message)
    assert "Nothing is mapped by likeness" in str(suggestion)


def test_equal_duplicates_keep_the_first_and_contradicting_ones_keep_none(store: Store) -> None:
    cases = [
        {"case_id": "C1"},
        {"case_id": "C1"},
        {"case_id": "C2", "case_number": "2"},
        {"case_id": "C2", "case_number": "2", "age_years": "3"},
    ]
    surgeries = [{"surgery_id": f"O{n}", "case_id": f"C{n}"} for n in (1, 2)]
    stage_frames(store, valid_delivery(cases=cases, surgeries=surgeries))
    judge(store, counted_twice=("cases",))
    rules = store.rows(
        "select rule, count(*) from quarantine.problems where \"table\" = 'cases' group by 1"
    )
    # R019 warns of the two that are kept or contradict each other: there is one study, of C1
    assert dict(rules) == {"R001": 1, "R002": 2, "R019": 2}
    assert store.rows("select case_id from core.cases") == [("C1",)]


def test_a_missing_key_is_required_and_never_a_duplicate(store: Store) -> None:
    rows = [{"patient_id": ""}, {"patient_id": ""}, {}]
    stage_frames(store, valid_delivery(patients=rows))
    judge(store, counted_twice=("patients",))
    rules = store.rows("select rule, key from quarantine.problems where \"table\" = 'patients'")
    assert rules == [("R004", None), ("R004", None)]


def test_a_number_that_cannot_be_read_is_a_problem_and_never_a_silent_null(store: Store) -> None:
    stage_frames(store, valid_delivery(cases=[{"age_years": "47,5"}]))
    judge(store, counted_twice=("cases",))
    assert ("cases", "age_years", "R007") in found(store)
    assert store.count("core", "cases") == 0


@pytest.mark.parametrize(
    "text", ["1e999", "NaN", "inf", " 47", "4 7", "0x10", "47\n", "\uff14\uff17"]
)
def test_hostile_numbers_are_refused(store: Store, text: str) -> None:
    stage_frames(store, valid_delivery(cases=[{"age_years": text}]))
    judge(store, counted_twice=("cases",))
    assert found(store) & {("cases", "age_years", "R007"), ("cases", "age_years", "R006")}
    assert store.count("core", "cases") == 0


def test_a_key_of_another_site_is_refused_and_theirs_stays(store: Store) -> None:
    stage_frames(store, valid_delivery())
    judge(store)
    close_accounts(store)
    other = {
        name: rows.with_columns(pl.lit("SITE_B").alias("site_id"))
        if "site_id" in rows.columns
        else rows
        for name, rows in valid_delivery().items()
    }
    stage_frames(store, other, number=2, site="SITE_B")
    judge(store)
    close_accounts(store)
    assert ("cases", "case_id", "E_SITE") in found(store)
    assert store.rows("select site_id from core.cases") == [("SITE_A",)]


def test_a_full_delivery_replaces_its_site_and_a_refused_row_leaves_the_earlier_version(
    store: Store,
) -> None:
    two = [{"case_id": "C1"}, {"case_id": "C2", "case_number": "2"}]
    surgeries = [{"surgery_id": f"O{n}", "case_id": f"C{n}"} for n in (1, 2)]
    stage_frames(store, valid_delivery(cases=two, surgeries=surgeries))
    judge(store)
    close_accounts(store)
    stage_frames(store, valid_delivery(cases=[{"case_id": "C1", "age_years": "470"}]), number=2)
    judge(store)
    close_accounts(store)
    assert store.rows("select case_id, age_years from core.cases") == [("C1", 47.0)]


def test_a_file_refused_as_a_whole_leaves_what_the_site_had(store: Store) -> None:
    """A header that cannot be read says nothing about the cases of the last delivery."""
    two = [{"case_id": "C1"}, {"case_id": "C2", "case_number": "2"}]
    surgeries = [{"surgery_id": f"O{n}", "case_id": f"C{n}"} for n in (1, 2)]
    whole = valid_delivery(cases=two, surgeries=surgeries)
    stage_frames(store, whole)
    judge(store)
    close_accounts(store)
    readable = {name: rows for name, rows in whole.items() if name != "surgeries"}
    stage_frames(store, readable, number=2)
    store.con.execute(
        "insert into received.files values (2, 'surgeries.csv', 'sha', 1, 2, null, null, null)"
    )
    store.con.execute("insert into staged.records values (2, 'surgeries.csv', 2, 2, true, null)")
    judge(store)
    accounts = close_accounts(store)
    assert store.rows("select surgery_id from core.surgeries order by 1") == [("O1",), ("O2",)]
    row = accounts.row(by_predicate=pl.col("file") == "surgeries.csv", named=True)
    assert (row["received"], row["accepted"], row["quarantined"]) == (2, 0, 2)


def test_disagreeing_counts_stop_the_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stage_frames(store, valid_delivery(patients=[{"sex": "femal"}]))
    real = verdict_module.broken_checks
    monkeypatch.setattr(verdict_module, "broken_checks", lambda *args: real(*args).clear())
    with pytest.raises(
        IntegrityError, match=r"R005.patients.sex: SQL pass 0, Great Expectations 1"
    ):
        validate(store, BY_NAME["patients"], official=OfficialCount(store))
    assert store.count("core", "patients") == 0


def test_an_expectation_that_cannot_be_evaluated_is_an_error_not_a_failed_check(
    store: Store,
) -> None:
    stage_frames(store, valid_delivery())
    checks = verdict_module.checks_of("patients")
    broken = [replace(check, column="nowhere") for check in checks if check.rule == "R005"]
    with pytest.raises(IntegrityError, match="could not evaluate"):
        OfficialCount(store).count(BY_NAME["patients"], broken)


def test_more_than_twenty_broken_rows_are_all_counted(store: Store) -> None:
    rows = [{"patient_id": f"P{n}", "sex": "f"} for n in range(50)]
    stage_frames(store, valid_delivery(patients=rows))
    judged = judge(store, counted_twice=("patients",))
    assert judged["patients"].counts["R005.patients.sex"] == 50


def _interrupted(*_: object) -> None:
    raise RuntimeError


def test_an_interrupted_merge_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    stage_frames(store, valid_delivery(patients=[{"sex": "femal"}]))
    verdict = validate(store, BY_NAME["patients"], official=None)
    monkeypatch.setattr(merge_module, "_merge_delivery", _interrupted)
    with pytest.raises(RuntimeError):
        merge_module.merge(store, verdict)
    assert store.count("quarantine", "problems") == 0


def test_valid_rows_cover_every_table() -> None:
    for table in BY_NAME.values():
        assert set(valid_row(table.name)) == set(table.names)


@pytest.mark.parametrize(
    ("table", "rule", "cells", "factor"),
    [
        ("imaging_measurements", "R041", {"unit": "cm"}, "in cm times 10 is one in mm"),
        ("imaging_measurements", "R041", {"unit": "cm3"}, "in cm3 times 1000 is one in mm3"),
        (
            "imaging_measurements",
            "R042",
            {"measure": "adc_mean_1e6_mm2_s", "unit": "1e-6_mm2_s", "value": "1.3"},
            "multiply by 1000",
        ),
        ("imaging_measurements", "R044", {"value": "4"}, "times 10 it is in mm"),
        (
            "imaging_measurements",
            "R045",
            {"measure": "tumour_volume_mm3", "unit": "mm3", "value": "4"},
            "times 1000 it is in mm3",
        ),
        (
            "treatments",
            "R072",
            {"rt_dose_gy": "54", "rt_fractions": "100", "treatment_kind": "radiotherapy"},
            "divided by 100 it is in Gy",
        ),
    ],
)
def test_a_likely_unit_slip_is_named_with_its_factor_and_nothing_is_converted(
    store: Store, table: str, rule: str, cells: dict[str, str], factor: str
) -> None:
    rows = [cells, {"measurement_id": "M2"}] if table == "imaging_measurements" else [cells]
    stage_frames(store, valid_delivery(**{table: rows}))
    problems = validate(store, BY_NAME[table], official=None).problems.filter(rule=rule)
    (suggestion,) = problems["suggestion"].unique().to_list()
    assert factor in suggestion
    assert suggestion.endswith("Nothing is converted here.")


def test_a_parent_that_is_there_twice_does_not_double_what_is_wrong_with_its_child(
    store: Store,
) -> None:
    studies = [{"contrast_given": "yes"}, {"contrast_given": "no"}]
    stage_frames(
        store, valid_delivery(imaging_studies=studies, imaging_reads=[{"margin": "blurred"}])
    )
    judge(store)
    of_reads = store.rows(
        'select "row", rule, "column", count(*) from quarantine.problems'
        " where \"table\" = 'imaging_reads' group by all"
    )
    assert (0, "R005", "margin", 1) in of_reads
    assert all(times == 1 for *_, times in of_reads)
