"""`imsct analyse` and `imsct apply` on any table: the right verdict, or one clear error."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.applying import check_columns, score
from analyses.model_files import load
from analyses.plan import parse_plan, shipped_plans
from orchestration.analyse import _check_endpoint, _folders
from schemas.errors import UsageError
from tests.support.command import Ran, imsct
from warehouse.home import Home

COHORT = Path(__file__).parent.parent / "oracles" / "cohort.csv"
PLAN = """
title: Resection
data: {id: case_id, centre: site, missing: ["NA"]}
outcome: {kind: binary, column: gtr, positive: "1"}
predictors: [age, central, illdef, cap, seg, mcc]
baseline: [age]
models: [ridge]
resampling: {outer_folds: 3, inner_folds: 3, repeats: 1, bootstraps: 0, seed: 1}
"""
Change = Callable[[pl.DataFrame], pl.DataFrame]


def analyse(folder: Path, frame: pl.DataFrame, plan: str = PLAN) -> Ran:
    """The command on a table written as CSV."""
    folder.mkdir(exist_ok=True)
    (folder / "plan.yaml").write_text(plan)
    frame.write_csv(folder / "cases.csv")
    return imsct(
        "analyse", folder / "plan.yaml", "--data", folder / "cases.csv", "--out", folder, "--json"
    )


def results(folder: Path) -> dict[str, Any]:
    """The results that were written."""
    found: dict[str, Any] = json.loads((folder / "results.json").read_text())
    return found


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(COHORT)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory, cohort: pl.DataFrame) -> Path:
    """Results and model on the first 200 cases."""
    folder = tmp_path_factory.mktemp("frozen")
    assert analyse(folder, cohort.head(200)).exit == 0
    return folder


def noise(rows: int, columns: int) -> pl.DataFrame:
    """More columns than rows, a fair outcome, nothing to be found."""
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(rows, columns))
    return pl.DataFrame(
        {"case_id": [f"C{n}" for n in range(rows)], "gtr": [n % 2 for n in range(rows)]}
    ).with_columns(pl.Series(f"x{k}", matrix[:, k]) for k in range(columns))


def test_the_same_table_gives_the_same_bytes_in_any_order(
    tmp_path: Path, cohort: pl.DataFrame
) -> None:
    for name, frame in {
        "one": cohort,
        "two": cohort.sample(fraction=1, shuffle=True, seed=3),
    }.items():
        assert analyse(tmp_path / name, frame).exit == 0
    files = ("results.json", "report.html", "model.skops", "model.json")
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()
    found = results(tmp_path / "one")
    assert found["data"]["rows"] == found["data"]["used"] == 300
    assert found["verdict"]["level"] == "penalised_only"


FORTY: dict[str, tuple[Change, str]] = {
    "39 rows": (lambda f: f.head(39), "describe_only"),
    "40 rows": (lambda f: f.head(40), "penalised_only"),
    "one class": (lambda f: f.with_columns(gtr=pl.lit(1)), "describe_only"),
    "constant columns": (
        lambda f: f.with_columns(
            pl.lit(1).alias(c) for c in ("age", "central", "cap", "seg", "mcc", "illdef")
        ),
        "describe_only",
    ),
    "two centres of three": (
        lambda f: f.with_columns(
            site=pl.when(pl.int_range(pl.len()) < 3)
            .then(pl.lit("Y"))
            .when(pl.int_range(pl.len()) < 6)
            .then(pl.lit("Z"))
            .otherwise("site")
        ),
        "penalised_only",
    ),
    "all of it missing": (lambda f: f.with_columns(age=None, cap=None), "penalised_only"),
}


@pytest.mark.parametrize("name", FORTY)
def test_awkward_tables_end_with_a_verdict(name: str, tmp_path: Path, cohort: pl.DataFrame) -> None:
    change, verdict = FORTY[name]
    ran = analyse(tmp_path, change(cohort))
    assert ran.exit == 0, ran.err
    found = results(tmp_path)
    assert found["verdict"]["level"] == verdict
    assert found["verdict"]["reasons"]
    if verdict == "describe_only":
        assert found["models"] == []
        assert not (tmp_path / "model.skops").exists()
    assert (tmp_path / "report.html").stat().st_size < 1_000_000


@pytest.mark.slow
def test_many_more_columns_than_rows(tmp_path: Path) -> None:
    plan = (
        PLAN.replace(", centre: site", "")
        .replace("predictors: [age, central, illdef, cap, seg, mcc]", "predictors: {prefix: [x]}")
        .replace("baseline: [age]", "baseline: [x0]")
    )
    ran = analyse(tmp_path, noise(88, 2030), plan)
    assert ran.exit == 0, ran.err
    found = results(tmp_path)
    assert found["verdict"]["level"] == "penalised_only"
    ridge = next(m for m in found["models"] if m["name"] == "ridge")
    low, high = ridge["performance"]["nested_cv"]["auc"]["interval"]
    assert low < 0.5 < high, "noise predicts nothing"


def test_a_copy_of_the_outcome_is_warned_of(tmp_path: Path, cohort: pl.DataFrame) -> None:
    plan = PLAN.replace("cap, seg", "cap, residual, seg")
    ran = analyse(tmp_path, cohort.with_columns(residual=1 - pl.col("gtr")), plan)
    assert ran.exit == 0, ran.err
    warned = [w["message"] for w in results(tmp_path)["warnings"] if w["code"] == "suspected_leak"]
    assert any("residual" in message for message in warned)


BROKEN: dict[str, tuple[str, int, str]] = {
    "ragged": ("case_id,gtr,age\nA,1,30\nB,0\n", 1, "line 3"),
    "semicolons": ("case_id;gtr;age\nA;1;30\n", 1, "semicolons"),
    "a name twice": ("case_id,gtr,gtr\nA,1,1\n", 1, "column 3"),
    "an open quote": ('case_id,gtr,age\nA,"1,30\n', 1, "line 2"),
    "nothing": ("", 1, "no header"),
    "another column": ("case_id,site,gtr,alter\nA,X,1,30\n", 2, "'age' is not a column"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_table_that_cannot_be_read_gives_one_error(name: str, tmp_path: Path) -> None:
    text, code, said = BROKEN[name]
    (tmp_path / "plan.yaml").write_text(PLAN)
    (tmp_path / "cases.csv").write_text(text)
    ran = imsct("analyse", tmp_path / "plan.yaml", "--data", tmp_path / "cases.csv")
    assert ran.exit == code
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_an_undeclared_missing_text_is_a_slip_and_no_category(
    tmp_path: Path, cohort: pl.DataFrame
) -> None:
    texts = cohort.with_columns(
        age=pl.when(pl.int_range(pl.len()) == 4)
        .then(pl.lit("n/k"))
        .otherwise(pl.col("age").cast(pl.String))
    )
    ran = analyse(tmp_path, texts)
    assert ran.exit == 1
    assert "column 'age': 1 of 300" in ran.err
    assert "line 6" in ran.err
    declared = analyse(tmp_path, texts, PLAN.replace('["NA"]', '["NA", "n/k"]'))
    assert declared.exit == 0, declared.err


def test_an_endpoint_that_an_earlier_program_did_not_know_is_told_with_what_to_do() -> None:
    plan = shipped_plans()["progression_free_survival"]
    earlier = pl.DataFrame(schema={"histology_group": pl.String})
    with pytest.raises(UsageError, match="did not know 'pfs'"):
        _check_endpoint(plan, earlier, "21c3af69cb3dafb6")


@pytest.mark.parametrize("name", ["claims", "cohort"])
def test_no_plan_writes_over_a_report_that_the_home_makes_itself(name: str, tmp_path: Path) -> None:
    """A file `claims.yaml` would: its reports and those of the claims have one name."""
    plan, snapshot = parse_plan(PLAN, name=f"{name}-registry"), "21c3af69cb3dafb6"
    with pytest.raises(UsageError, match=f"called '{name}'.*--out"):
        _folders(Home(tmp_path), plan, None, snapshot, is_one=True)
    assert _folders(Home(tmp_path), plan, tmp_path, snapshot, is_one=True) == (tmp_path, tmp_path)


def test_a_later_column_is_refused_on_no_table_of_ones_own(tmp_path: Path) -> None:
    ran = imsct("analyse", "no_such_plan", "--data", tmp_path / "x.csv")
    assert ran.exit == 2
    assert "histology" in ran.err, "the plans that there are are named"


def test_a_frozen_model_scores_another_table(
    tmp_path: Path, frozen: Path, cohort: pl.DataFrame
) -> None:
    new = cohort.tail(100).with_columns(
        age=pl.when(pl.int_range(pl.len()) == 0).then(140).otherwise("age")
    )
    new.write_csv(tmp_path / "new.csv")
    ran = imsct(
        "apply", frozen, "--data", tmp_path / "new.csv", "--out", tmp_path / "risks.csv", "--json"
    )
    assert ran.exit == 0, ran.err
    said = json.loads(ran.out)
    assert (said["rows"], said["external"]["n"]) == (100, 100)
    assert not said["external"]["is_training"]
    assert "if some of these cases were among them" in said["external"]["caution"]
    low, high = said["external"]["performance"]["auc"]["interval"]
    assert 0 <= low < said["external"]["performance"]["auc"]["estimate"] < high <= 1
    assert said["external"]["recalibration"]["slope"] > 0
    scored = pl.read_csv(tmp_path / "risks.csv")
    assert scored["case_id"].to_list() == new["case_id"].to_list()
    assert scored["risk"].is_between(0, 1).all()
    assert scored["extrapolation"][0] == "age"
    assert scored["note"].unique().to_list() == ["Research use only; not for clinical use."]


def test_a_model_on_its_own_training_cases_says_that_it_flatters_itself(
    tmp_path: Path, frozen: Path, cohort: pl.DataFrame
) -> None:
    cohort.head(200).reverse().write_csv(tmp_path / "same.csv")
    where = ("apply", frozen, "--data", tmp_path / "same.csv", "--out", tmp_path / "r.csv")
    assert json.loads(imsct(*where, "--json").out)["external"]["is_training"]
    assert (
        "cases that the model was made from: how it does on them flatters it" in imsct(*where).out
    )


def test_cases_without_a_known_outcome_are_scored_and_not_judged(
    tmp_path: Path, frozen: Path, cohort: pl.DataFrame
) -> None:
    """An empty outcome was taken for a third value, and the whole table refused."""
    known = pl.int_range(pl.len()) % 4 != 0
    new = cohort.tail(100).with_columns(pl.when(known).then("gtr").otherwise(pl.lit("")))
    new.write_csv(tmp_path / "new.csv")
    where = ("apply", frozen, "--data", tmp_path / "new.csv", "--out", tmp_path / "r.csv")
    ran = imsct(*where, "--json")
    assert ran.exit == 0, ran.err
    said = json.loads(ran.out)
    assert (said["rows"], said["external"]["n"]) == (100, 75)
    pl.concat([new, new.head(1)]).write_csv(tmp_path / "new.csv")
    ran = imsct(*where)
    assert ran.exit == 2
    assert "column 'case_id' repeats in 1 row" in ran.err.lower()


def test_a_text_never_seen_in_training_is_said(tmp_path: Path, cohort: pl.DataFrame) -> None:
    plan = PLAN.replace("cap, seg", "cap, grade, seg")
    graded = cohort.with_columns(
        grade=pl.when(pl.col("seg") > 3).then(pl.lit("high")).otherwise(pl.lit("low"))
    )
    assert analyse(tmp_path, graded, plan).exit == 0
    graded.head(20).with_columns(grade=pl.lit("middle")).drop("gtr").write_csv(tmp_path / "new.csv")
    ran = imsct(
        "apply", tmp_path, "--data", tmp_path / "new.csv", "--out", tmp_path / "r.csv", "--json"
    )
    assert ran.exit == 0, ran.err
    assert json.loads(ran.out)["external"] is None
    assert set(pl.read_csv(tmp_path / "r.csv")["extrapolation"]) == {"grade"}


def test_a_column_that_is_not_there_is_no_missing_value(
    tmp_path: Path, frozen: Path, cohort: pl.DataFrame
) -> None:
    cohort.rename({"age": "agee"}).write_csv(tmp_path / "new.csv")
    ran = imsct("apply", frozen, "--data", tmp_path / "new.csv", "--out", tmp_path / "r.csv")
    assert ran.exit == 2
    assert "'age' (nearest is 'agee')" in ran.err
    assert not (tmp_path / "r.csv").exists()


def test_a_column_of_numbers_may_come_empty_as_text(frozen: Path, cohort: pl.DataFrame) -> None:
    """A centre that never measured it was refused: an empty column of a CSV is one of texts."""
    described = json.loads((frozen / "model.json").read_text())
    new = cohort.tail(3).with_columns(seg=pl.Series(["", "NA", ""]))
    scored, risk = score(described, load((frozen / "model.skops").read_bytes()), new)
    assert scored["extrapolation"].to_list() == [""] * 3
    assert ((risk > 0) & (risk < 1)).all()
    with pytest.raises(UsageError, match="'seg': the model was made from a column of numbers"):
        check_columns(described, new.with_columns(seg=pl.Series(["", "NA", "long"])))


def test_a_changed_model_is_not_loaded(tmp_path: Path, frozen: Path, cohort: pl.DataFrame) -> None:
    for name in ("model.json", "model.skops"):
        (tmp_path / name).write_bytes((frozen / name).read_bytes())
    data = bytearray((tmp_path / "model.skops").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "model.skops").write_bytes(bytes(data))
    cohort.write_csv(tmp_path / "new.csv")
    ran = imsct("apply", tmp_path, "--data", tmp_path / "new.csv", "--out", tmp_path / "r.csv")
    assert ran.exit == 4
    assert not (tmp_path / "r.csv").exists()
