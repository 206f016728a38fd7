"""Readers: agreement on what a model uses, and the model made from each reader's signs."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.kappas import cohen_kappa
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.reader_cohort import build_reads
from analyses.report import render_report
from analyses.report.release import release
from analyses.results import to_json
from schemas.errors import UsageError
from tests.support.text_tables import read_table

PLAN = """
title: Two readers
data: {id: case_id, centre: site_id}
outcome: {kind: binary, column: y, positive: "yes"}
predictors: [cap_sign, margin, enhancing_proportion, tumour_length_mm, age_years]
baseline: [age_years]
resampling: {outer_folds: 2, inner_folds: 2, repeats: 1, bootstraps: 0, seed: 1}
"""
BY_READER = PLAN + "sensitivity: [by_reader]\n"
PROPORTIONS = ("none", "under_6", "6_to_33", "34_to_67", "over_67")


def _frame(n: int = 120) -> pl.DataFrame:
    """Cases whose outcome hangs on the cap sign as it is."""
    rng = np.random.default_rng(3)
    cap = rng.random(n) < 0.5
    return pl.DataFrame(
        {
            "case_id": [f"C{i:03d}" for i in range(n)],
            "site_id": np.array(["A", "B"])[np.arange(n) % 2],
            "cap_sign": np.where(cap, "present", "absent"),
            "margin": rng.choice(["well_defined", "ill_defined"], n),
            "enhancing_proportion": rng.choice(PROPORTIONS, n),
            "tumour_length_mm": rng.normal(40, 10, n),
            "age_years": rng.normal(45, 12, n),
            "y": np.where(rng.random(n) < np.where(cap, 0.85, 0.15), "yes", "no"),
        }
    )


def _reads(frame: pl.DataFrame, readers: Sequence[str] = ("one", "two")) -> pl.DataFrame:
    """The second reader guesses the cap sign; both agree on the margin and nearly on the rest."""
    rng = np.random.default_rng(4)
    signs = ["case_id", "cap_sign", "margin", "enhancing_proportion", "tumour_length_mm"]
    parts = []
    for k, reader in enumerate(readers):
        part = frame.select(signs).with_columns(
            pl.col("tumour_length_mm") + pl.Series(rng.normal(0, 0.5, frame.height)),
            reader=pl.lit(reader),
        )
        if k == 1:
            guessed = rng.choice(["present", "absent", "not_assessable"], frame.height)
            part = part.with_columns(cap_sign=pl.Series(guessed))
        parts.append(part)
    return pl.concat(parts)


def _run(text: str, frame: pl.DataFrame, reads: pl.DataFrame | None) -> dict[str, Any]:
    plan = parse_plan(text, name="readers.yaml")
    return run_plan(plan, frame, availability=None, stamp={}, reads=reads).results


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    frame = _frame()
    return _run(BY_READER, frame, _reads(frame, ("one", "two", "consensus")))


def test_each_column_has_the_statistic_of_its_kind(found: dict[str, Any]) -> None:
    columns = {row["column"]: row for row in found["readers"]["columns"]}
    assert {name: row["measure"] for name, row in columns.items()} == {
        "cap_sign": "kappa",
        "margin": "kappa",
        "enhancing_proportion": "kappa_quadratic",
        "tumour_length_mm": "icc",
    }
    assert columns["margin"]["estimate"] == pytest.approx(1)
    assert columns["margin"]["share_agreed"] == 1
    assert columns["tumour_length_mm"]["estimate"] > 0.95
    cap = columns["cap_sign"]
    assert cap["interval"][0] < 0 < cap["interval"][1]
    assert cap["n"] + cap["not_assessable"] == 120
    assert cap["not_assessable"] > 20
    centres = [(row["centre"], row["n"] + row["not_assessable"]) for row in cap["by_centre"]]
    assert centres == [("A", 60), ("B", 60)]


def test_a_model_that_uses_a_sign_nobody_agrees_on_is_flagged(found: dict[str, Any]) -> None:
    low = {model["role"]: model["low_agreement"] for model in found["models"]}
    assert low == {"baseline": [], "primary": ["cap_sign"]}
    (warning,) = [w for w in found["warnings"] if w["code"] == "low_agreement"]
    assert "cap_sign" in warning["message"]
    assert "margin" not in warning["message"]


def test_the_model_of_each_reader_stands_beside_the_others(found: dict[str, Any]) -> None:
    one, two, agreed = found["readers"]["models"]
    assert [m["reader"] for m in (one, two, agreed)] == ["one", "two", "consensus"]
    assert {m["n"] for m in (one, two, agreed)} == {120}
    auc = [m["nested_cv"]["auc"]["estimate"] for m in (one, two, agreed)]
    # who guesses the sign has a model that knows nothing
    assert auc[0] > 0.75 > 0.65 > auc[1]
    assert auc[2] > 0.75
    assert one["against_baseline"]["auc"]["estimate"] > 0.2


def test_rows_in_any_order_give_the_same_bytes(found: dict[str, Any]) -> None:
    frame = _frame()
    reads = _reads(frame, ("one", "two", "consensus"))
    again = _run(BY_READER, frame.reverse(), reads.sample(fraction=1, shuffle=True, seed=2))
    assert to_json(again) == to_json(found)


def test_the_report_says_who_agreed_on_what(found: dict[str, Any]) -> None:
    page = render_report(found).decode("utf-8")
    section = page[page.index('aria-labelledby="readers"') :]
    section = section[: section.index("</section>")]
    assert section.count(">low</strong>") == 2  # the legend, and the sign that one reader guessed
    assert '<strong>cap sign</strong> (<strong class="low">low</strong>)' in section
    assert section.index(">one<") < section.index(">two<") < section.index(">consensus<")


def test_agreement_on_a_handful_of_cases_is_not_told() -> None:
    frame = _frame()
    few = _reads(frame).filter(pl.col("case_id").is_in(["C000", "C002", "C004", "C005"]))
    results = _run(PLAN, frame, few)
    told = release(results, audience="internal")["readers"]["columns"][1]
    assert (told["estimate"], told["share_agreed"]) == (None, None)
    assert not isinstance(told["n"], int)
    assert results["readers"]["columns"][1]["share_agreed"] == 1


def test_cases_read_once_or_of_no_centre_do_not_give_a_centre_away() -> None:
    """The file holds cases of one reader, and a case that the table lacks."""
    frame = _frame().with_columns(
        site_id=pl.when(pl.col("case_id") < "C003").then(pl.lit("C")).otherwise("site_id")
    )
    reads = _reads(frame.head(40))
    second, case = pl.col("reader") == "two", pl.col("case_id")
    reads = reads.filter(~second | (case < "C030")).with_columns(
        case_id=pl.when(case == "C029").then(pl.lit("elsewhere")).otherwise(case)
    )
    results = _run(PLAN, frame, reads)
    assert results["readers"]["cases"] == 30
    row = next(r for r in results["readers"]["columns"] if r["column"] == "margin")
    assert [row["n"], *(part["n"] for part in row["by_centre"])] == [30, 13, 13, 3]
    told = release(results, audience="internal")["readers"]["columns"]
    shown = next(r for r in told if r["column"] == "margin")
    small = shown["by_centre"][2]
    assert str(small["n"]) in ("<5", "hidden")
    # 30 less both large centres would leave 4 for the small one and the case elsewhere
    assert not all(
        isinstance(n, int) for n in [shown["n"], *(p["n"] for p in shown["by_centre"][:2])]
    )
    assert {part["share_agreed"] for part in shown["by_centre"]} == {None}


def test_a_share_that_tells_of_a_few_cases_is_not_told() -> None:
    frame = _frame()
    reads = _reads(frame)
    differs = (pl.col("reader") == "two") & (pl.col("case_id") < "C003")
    wrong = pl.when(differs).then(pl.lit("mixed")).otherwise("margin")
    results = _run(PLAN, frame, reads.with_columns(margin=wrong))
    columns = {r["column"]: r for r in release(results, audience="internal")["readers"]["columns"]}
    assert columns["margin"]["share_agreed"] is None
    assert columns["cap_sign"]["share_agreed"] is not None


def test_a_file_of_signs_alone_gives_their_agreement_and_leaves_nothing_out() -> None:
    frame = _frame()
    signs = _reads(frame).select("case_id", "reader", "cap_sign", "margin")
    results = _run(PLAN + "agreement: reads.csv\n", frame, signs)
    assert [row["column"] for row in results["readers"]["columns"]] == ["cap_sign", "margin"]
    assert (results["preparation"] or {}).get("agreement") is None


@pytest.mark.parametrize(("second", "estimate"), [([0, 1, 1, 0, 1], 1.0), ([1, 1, 1, 1, 1], 0.0)])
def test_five_cases_without_variance_have_no_limits(second: list[int], estimate: float) -> None:
    """They were printed as 1.00 to 1.00, and 0.00 to 0.00."""
    found = cohen_kappa(np.array([0, 1, 1, 0, 1]), np.array(second), levels=2)
    assert found.estimate == pytest.approx(estimate)
    assert (found.low, found.high) == (None, None)


def test_without_reads_nothing_is_said_and_nothing_flagged() -> None:
    plain = _run(PLAN, _frame(), None)
    assert plain["readers"] is None
    assert [model["low_agreement"] for model in plain["models"]] == [[], []]
    asked = _run(BY_READER, _frame(), None)
    assert {w["code"] for w in asked["warnings"]} - {w["code"] for w in plain["warnings"]} == {
        "no_reads"
    }


def test_one_reader_alone_is_no_agreement() -> None:
    frame = _frame()
    alone = _run(PLAN, frame, _reads(frame, ("one",)))
    assert alone["readers"]["columns"] == []
    assert 'aria-labelledby="readers"' not in render_report(alone).decode("utf-8")


def test_of_three_readers_the_pairs_are_averaged() -> None:
    frame = _frame()
    three = _run(PLAN, frame, _reads(frame, ("one", "two", "three")))
    rows = {row["column"]: row for row in three["readers"]["columns"]}
    assert rows["margin"]["estimate"] == pytest.approx(1)
    # one and three agree wholly, each with the second by chance
    assert rows["cap_sign"]["estimate"] == pytest.approx(1 / 3, abs=0.15)
    assert rows["cap_sign"]["interval"] is None
    assert rows["tumour_length_mm"]["interval"][0] > 0.95


def test_reads_of_the_warehouse_are_told_apart() -> None:
    rows = pl.DataFrame(
        read_table(
            """
            read_id | study_id | reader_id | read_round | is_consensus | cap_sign
            --------+----------+-----------+------------+--------------+---------
            1       | S1       | B         | 1          | no           | present
            2       | S1       | A         | 1          | no           | absent
            3       | S1       | A         | 2          | no           | present
            4       | S1       | Z         | 1          | yes          | present
            5       | S2       | A         | 1          | no           | absent
            6       | S3       | A         | 1          | no           | absent
            """
        )
    ).with_columns(pl.col("read_round").cast(pl.Int64))
    from analyses.cohort import FROM_READ

    rows = rows.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in FROM_READ if name != "cap_sign"
    )
    studies = pl.DataFrame(
        {
            "study_id": ["S1", "S2", "S3"],
            "case_id": ["C1", "C2", "C3"],
            "modality": ["mr"] * 3,
            "study_purpose": ["preoperative"] * 2 + ["surveillance"],
            "study_day": [-3, -3, 30],
        }
    )
    surgeries = pl.DataFrame(
        {
            "case_id": ["C1", "C2", "C3"],
            "surgery_day": [0, 0, 0],
            "surgery_number": [1, 1, 1],
            "surgery_id": ["O1", "O2", "O3"],
        }
    )
    measures = pl.DataFrame(
        {
            "measurement_id": ["M1", "M2"],
            "study_id": ["S1", "S1"],
            "read_id": ["2", None],
            "measure": ["tumour_length_mm"] * 2,
            "value": [41.0, 50.0],
        }
    )
    found = build_reads(
        {
            "imaging_reads": rows,
            "imaging_studies": studies,
            "surgeries": surgeries,
            "imaging_measurements": measures,
        }
    )
    assert found.select("case_id", "reader", "cap_sign", "tumour_length_mm").rows() == [
        ("C1", "consensus", "present", None),
        ("C1", "reader 1", "absent", 41.0),
        ("C1", "reader 2", "present", None),
    ]


def test_only_what_exists_may_be_asked_for() -> None:
    with pytest.raises(UsageError, match="nearest is 'by_reader'"):
        parse_plan(PLAN + "sensitivity: [by_readers]\n", name="t.yaml")


def test_a_model_of_time_is_made_reader_by_reader_too() -> None:
    frame = _frame()
    rng = np.random.default_rng(5)
    is_present = frame["cap_sign"].to_numpy() == "present"
    frame = frame.with_columns(
        months=pl.Series(rng.exponential(np.where(is_present, 10, 60))), ended=pl.lit("yes")
    )
    outcome = "kind: survival, time: months, event: ended, event_value: 'yes', horizons: [12]"
    text = BY_READER.replace('kind: binary, column: y, positive: "yes"', outcome)
    results = _run(text, frame, _reads(frame))
    sure, guessing = (m["nested_cv"]["c_index"]["estimate"] for m in results["readers"]["models"])
    assert sure > guessing + 0.1
    assert "Harrell" in render_report(results).decode().split('id="readers"')[1]
