"""Tables and options of a time to an event: what bears no model, late entry, refusals, extras."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from analyses.frozen import describe_model
from analyses.model_files import save
from analyses.plan import parse_plan
from analyses.report import render_report
from analyses.results import to_json
from analyses.selection import select
from analyses.survival.describing import describe_survival
from schemas.errors import UsageError
from tests.analyses.oracle_entries import FOLDER, REFERENCE, near
from tests.analyses.survival_plans import COMPETING, QUICK, TEXT, changed, run


@pytest.fixture(scope="module")
def cohort() -> pl.DataFrame:
    return pl.read_csv(FOLDER / "cohort.csv")


HORIZON = "horizons: [12, 36, 60]"


@pytest.mark.parametrize(
    ("change", "plan", "said"),
    [
        ({"event": pl.lit(0)}, TEXT, "0 patients with the event are below 10"),
        (
            {"event": pl.when(pl.col("case_id") == pl.col("case_id").first()).then(1).otherwise(0)},
            TEXT,
            "1 patients with the event are below 10",
        ),
        ({}, TEXT.replace(HORIZON, "horizons: [500]"), "0 patients still at risk at the first"),
        ({"time": pl.lit(24)}, TEXT, "0 patients with the event at the first horizon (12)"),
        ({"time": pl.lit(0)}, TEXT, "0 patients still at risk at the first horizon (12)"),
        ({"time": -pl.col("time") - 1}, TEXT, "No case could be analysed"),
        ({"time": pl.lit(None, pl.Float64)}, TEXT, "No case could be analysed"),
        ({"event": pl.lit(None, pl.Int64)}, TEXT, "No case could be analysed"),
        ({"event": (pl.col("time") == pl.col("time").max()).cast(pl.Int64)}, TEXT, "below 10"),
    ],
)
def test_what_cannot_bear_a_model_is_described(
    cohort: pl.DataFrame, change: dict[str, Any], plan: str, said: str
) -> None:
    found = run(changed(cohort, **change), plan).results
    assert found["verdict"]["level"] == "describe_only"
    assert any(said in reason for reason in found["verdict"]["reasons"]), found["verdict"]
    assert found["models"] == []
    assert found["survival"]["kaplan_meier"][0]["n"] == found["outcome"]["n"]
    to_json(found)
    render_report(json.loads(to_json(found)))


def test_ties_everywhere_one_group_and_a_far_horizon_go_through(cohort: pl.DataFrame) -> None:
    tied = changed(cohort, time=(pl.col("time") / 24).floor() * 24 + 12, illdef=pl.lit(1))
    text = TEXT.replace(HORIZON, "horizons: [24, 500]")
    text = text[: text.index("resampling")] + QUICK
    analysis = run(tied, text)
    found = json.loads(to_json(analysis.results))
    assert analysis.training is not None
    described = describe_model(
        analysis.results,
        name="ridge",
        training=analysis.training,
        pipeline=analysis.model,
        data=save(analysis.model),
    )
    assert described["outcome"]["follow_up"]["null_risks"][1] is None
    assert found["verdict"]["level"] != "describe_only"
    assert "horizon_beyond_follow_up" in {w["code"] for w in found["warnings"]}
    ridge = found["models"][1]
    assert ridge["performance"]["nested_cv"]["brier"]["estimate"] is not None
    assert ridge["horizons"][1]["brier"]["estimate"] is None


def test_late_entry_is_counted_and_used(cohort: pl.DataFrame) -> None:
    late = changed(cohort, entry=pl.when(pl.int_range(pl.len()) % 3 == 0).then(10.0).otherwise(0.0))
    text = TEXT.replace(HORIZON, f"{HORIZON}\n  entry: entry")
    text = text[: text.index("resampling")] + QUICK
    found = run(late, text).results
    before = late.filter(pl.col("time") <= pl.col("entry"), pl.col("entry") > 0)
    out = {row["reason"]: row["n"] for row in found["data"]["excluded"]}
    events = before.filter(pl.col("event") > 0).height
    assert out["event before entry into the registry"] == events > 0
    assert found["survival"]["entry"]["n_before_entry"] == before.height
    assert found["survival"]["entry"]["n_late"] == 100 - before.height
    assert found["survival"]["kaplan_meier"][0]["at_risk"][0]["n"] < found["outcome"]["n"]
    assert "late_entry" in {w["code"] for w in found["warnings"]}


def test_without_competing_events_the_risk_has_the_limits_of_the_curve(
    cohort: pl.DataFrame,
) -> None:
    plan = parse_plan(TEXT, name="p.yaml")
    found, warnings = describe_survival(plan, select(plan, cohort, None))
    assert found is not None
    assert warnings == []
    for row in found["horizons"]:
        assert row["risk_interval"] == pytest.approx([1 - v for v in reversed(row["interval"])])


def test_grays_test_is_not_given_where_cases_entered_late(cohort: pl.DataFrame) -> None:
    plan = parse_plan(COMPETING.replace(HORIZON, f"{HORIZON}\n  entry: entry"), name="p.yaml")
    late = changed(cohort, entry=(pl.col("time") / 2).cast(pl.Float64))
    for table, tests in ((late, 0), (changed(cohort, entry=pl.lit(0.0)), 2)):
        found, _ = describe_survival(plan, select(plan, table, None))
        assert found is not None
        assert len(found["gray"]) == tests
        assert len(found["log_rank"]) == 2


def test_a_value_that_ends_no_follow_up_is_said(cohort: pl.DataFrame) -> None:
    # a misspelt competing value would make every death a censoring, in silence
    plan = parse_plan(COMPETING.replace("competing_value: 2", "competing_value: 3"), name="p.yaml")
    _, warnings = describe_survival(plan, select(plan, cohort, None))
    assert [w["code"] for w in warnings] == ["value_not_found"]
    assert "'3'" in warnings[0]["message"]


def test_from_a_landmark_on_survival_is_the_conditional_one(cohort: pl.DataFrame) -> None:
    plan = parse_plan(TEXT.replace(HORIZON, "horizons: [24, 48]\n  landmark: 12"), name="p.yaml")
    selected = select(plan, cohort, None)
    found, _ = describe_survival(plan, selected)
    assert found is not None
    gone = cohort.filter(pl.col("time") <= 12)
    events = gone.filter(pl.col("event") > 0).height
    assert found["landmark"] == {
        "at": 12.0,
        "ended": events,
        "lost": gone.height - events,
        "not_yet": 0,
    }
    free = REFERENCE["K1_km"]["values"]["surv"]  # at 12, 24, 36 and 60
    assert [row["survival"] for row in found["horizons"]] == near(
        [free[2] / free[0], free[3] / free[0]], "K1_km"
    )


@pytest.mark.parametrize(
    ("change", "plan", "said"),
    [
        ({"time": pl.lit("soon")}, TEXT, "outcome.time: column 'time' holds texts"),
        ({"time": pl.lit(np.inf)}, TEXT, "holds an infinite value"),
        ({}, TEXT.replace("time: time", "time: tme"), "'tme' is not a column"),
        (
            {"event": pl.col("event").replace_strict({0: "none", 1: "progression", 2: "death"})},
            TEXT.replace("[1, 2]", "progresion"),
            "nearest is 'progression'",
        ),
        (
            {},
            TEXT.replace("[1, 2]", "1\n  competing_value: [1, 2]"),
            "'1' is among event_value too",
        ),
        ({}, TEXT.replace("predictors: [age", "predictors: [time, age"), "is the outcome itself"),
        (
            {},
            f"{TEXT}models: [ridge, random_forest]\n",
            "two models are made, ridge and elastic_net",
        ),
        ({}, f"{TEXT}conformal: 0.9\n", "prediction sets are for classes"),
    ],
)
def test_what_is_no_time_to_an_event_is_refused(
    cohort: pl.DataFrame, change: dict[str, Any], plan: str, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        run(changed(cohort, **change), plan)
    assert said in str(caught.value)


def test_a_copy_of_the_time_is_suspected(cohort: pl.DataFrame) -> None:
    leak = changed(cohort, age=100 - pl.col("time") / 2)
    found = run(leak, TEXT[: TEXT.index("resampling")] + QUICK).results
    said = [w["message"] for w in found["warnings"] if w["code"] == "suspected_leak"]
    assert any(message.startswith("age alone") for message in said)


def test_options_beyond_the_primary_estimate(cohort: pl.DataFrame) -> None:
    more = TEXT[: TEXT.index("resampling")] + QUICK
    more += "\npermutation: 3\ncorrelated: 0.9\nharmonise: combat\n"
    found = run(cohort.with_columns(adc2=pl.col("adc")), more.replace("mcc]", "mcc, adc, adc2]"))
    results = json.loads(to_json(found.results))
    assert results["permutation"]["as_good"] == 0
    assert results["permutation"]["brier"] < results["permutation"]["permuted"]["low"]
    assert [fallen["term"] for fallen in results["preparation"]["correlated"]["fallen"]] == ["adc2"]
    assert "c_index" in results["preparation"]["harmonise"]["without"]["difference"]
    page = render_report(results).decode()
    assert "Brier score at the first horizon with the true outcomes" in page
    assert "Without it the cross-validated C is" in page


def test_missing_values_of_a_survival_plan_are_imputed_beside_the_median() -> None:
    frame = pl.read_csv(FOLDER / "cohort_missing.csv")
    text = TEXT[: TEXT.index("resampling")].replace("mcc]", "mcc, adc]")
    text += QUICK.replace("bootstraps: 0", "bootstraps: 3")
    found = run(frame, f"{text}\nimpute: multiple\nsensitivity: [before_surgery]\n").results
    lines = {line["name"]: line for line in found["sensitivity"]}
    assert lines["complete_cases"]["n"] == frame["adc"].is_not_null().sum()
    filled = lines["multiple_imputation"]
    assert abs(filled["difference"]["c_index"]) < 0.05
    assert filled["against_main"]["brier"]["interval"] is not None
    drawn, main = filled["bootstrap_632plus"], found["models"][1]["performance"]
    assert drawn["resamples"] == 3
    of_main = main["bootstrap_632plus"]["c_index"]["estimate"]
    assert 0 < abs(drawn["c_index"]["estimate"] - of_main) < 0.05
    page = render_report(json.loads(to_json(found))).decode()
    assert "Brier score minus the main one" in page
    assert "each of 3 bootstraps filled anew by multiple imputation, .632+ gives C" in page


def test_survival_from_surgery_and_from_imaging_stand_apart(cohort: pl.DataFrame) -> None:
    frame = cohort.rename({"time": "os_months", "event": "os", "male": "index_event"})
    text = TEXT.replace("time: time", "time: os_months").replace("event: event", "event: os")
    plan = parse_plan(text.replace("[illdef]", "[illdef, index_event]"), name="os.yaml")
    found, _ = describe_survival(plan, select(plan, frame, None))
    assert found is not None
    assert {row["variable"] for row in found["kaplan_meier"]} >= {"illdef", "index_event"}
    assert "index_event" not in {row["variable"] for row in found["log_rank"]}
    assert found["never_compared"] == ["index_event"]
