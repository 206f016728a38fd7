"""The plan: refusals name file, key and remedy; the hash is of the effective plan."""

import re

import pytest

from analyses.plan import Plan, load_plan, parse_plan, shipped_plans
from schemas.errors import UsageError


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title:", "titel:", "eor.yaml, titel: this key is not known; nearest is 'title'"),
        ("title: Test of the line\n", "", "eor.yaml, title: this key is missing"),
        (
            "seed: 1",
            "sead: 1",
            "eor.yaml, resampling.sead: this key is not known; nearest is 'seed'",
        ),
        ("repeats: 2", "repeats: 0", "resampling.repeats: expected a whole number from 1 to 1000"),
        ("repeats: 2", "repeats: true", "resampling.repeats: expected a whole number"),
        ('positive: "yes"', "positive: yes", "found true or false. Put yes and no into quotes"),
        (
            "kind: binary",
            "kind: binery",
            "outcome.kind: 'binery' is not offered; nearest is 'binary'",
        ),
        (
            "baseline: [age_years]",
            "baseline: []",
            "baseline: expected a list of names, found an empty",
        ),
        (
            "[age_years, n_seg",
            "[age_years, age_years, n_seg",
            "predictors[1]: 'age_years' was listed",
        ),
        (
            "thresholds: [0.3",
            "thresholds: [1.0",
            "thresholds[0]: expected a list of numbers between",
        ),
        (
            "provenance: simulated",
            "provenance: simulatd",
            "population.provenance: 'simulatd' is not",
        ),
        (
            "title: Test",
            "models: [ridge, forest]\ntitle: Test",
            "models[1]: 'forest' is not offered",
        ),
        ("title: Test", "impute: mean\ntitle: Test", "impute: 'mean' is not offered"),
        (
            "title: Test",
            "permutation: 0\ntitle: Test",
            "permutation: expected none, or a whole number from 1",
        ),
        ("title: Test", "conformal: 1.0\ntitle: Test", "conformal: expected none, or a coverage"),
        ("title: Test", "conformal: true\ntitle: Test", "conformal: expected none, or a coverage"),
        (
            "title: Test",
            "sensitivity: [after_surgery]\ntitle: Test",
            "sensitivity[0]: 'after_surgery' is not offered; nearest is 'before_surgery'",
        ),
        ("title: Test", "subgroups: sex\ntitle: Test", "subgroups: expected a list of names"),
        ("title: Test", "table_one: sex\ntitle: Test", "table_one: expected a list of names"),
        (
            "title: Test",
            "associations: yes\ntitle: Test",
            "associations: expected one of none, exact",
        ),
        ("title: Test", "prior: own\ntitle: Test", "prior: 'own' is not offered"),
        (
            "title: Test",
            "title: A\ntitle: Test",
            "line 3: not valid YAML (the key 'title' is written",
        ),
        ("data: {id", "data: [id", "not valid YAML"),
        ("data: {id: case_id,", "data: {id: 7,", "data.id: expected a text, found a number"),
        ("site_id}", 'site_id, missing: "NA"}', "data.missing: expected a list of texts"),
    ],
)
def test_plan_refusals(plan_text: str, old: str, new: str, message: str) -> None:
    assert old in plan_text
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_plan(plan_text.replace(old, new, 1), name="eor.yaml")


@pytest.mark.parametrize("text", ["", "just words", "- a\n- b\n", "1"])
def test_text_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"eor\.yaml"):
        parse_plan(text, name="eor")


def test_hash_is_of_the_effective_plan(plan_text: str) -> None:
    plan = parse_plan(plan_text, name="eor.yaml")
    spelled_out = plan_text + "harmonise: none\nimpute: median\nmodels: [ridge]\n"
    assert parse_plan(spelled_out, name="other.yaml").sha256 == plan.sha256
    assert parse_plan("# a comment\n" + plan_text, name="eor").sha256 == plan.sha256
    changed = parse_plan(plan_text.replace("seed: 1", "seed: 2"), name="eor.yaml")
    assert changed.sha256 != plan.sha256


def test_for_cohort_names_and_limits(plan_text: str) -> None:
    each = parse_plan(plan_text.replace("simulated", "each"), name="eor.yaml")
    published = each.for_cohort("published")
    assert published.name == "eor-published"
    assert published.population.provenance == "published"
    assert published.sha256 != each.for_cohort("simulated").sha256
    with pytest.raises(UsageError, match="the plan is for 'simulated' cases"):
        parse_plan(plan_text, name="eor.yaml").for_cohort("published")
    with pytest.raises(UsageError, match="there is no cohort 'all'"):
        each.for_cohort("all")


def test_plan_file_that_cannot_be_read(tmp_path: object) -> None:
    with pytest.raises(UsageError, match=r"absent\.yaml: the plan cannot be read"):
        load_plan(tmp_path / "absent.yaml")  # type: ignore[operator]
    latin = tmp_path / "latin.yaml"  # type: ignore[operator]
    latin.write_bytes("title: Ödem".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load_plan(latin)


def test_shipped_plan_asks_nothing_that_becomes_known_later() -> None:
    from analyses.cohort import availability_of_columns
    from analyses.endpoints import known_at_prediction

    known = availability_of_columns()
    for plan in shipped_plans().values():
        assert isinstance(plan, Plan)
        for name in (*(plan.predictors.names or ()), *plan.baseline):
            assert known[name] in known_at_prediction(plan.outcome.column)


PLAN_TEXT = """
title: Test
data: {id: case_id}
outcome: {kind: binary, column: y, positive: "yes"}
predictors: [a, b]
baseline: [a]
"""
MULTICLASS = PLAN_TEXT.replace(
    'outcome: {kind: binary, column: y, positive: "yes"}',
    "outcome: {kind: multiclass, column: y, rest: other}",
)


def test_classes_need_no_positive_value_and_may_name_a_rest() -> None:
    plan = parse_plan(MULTICLASS, name="histology.yaml")
    assert (plan.outcome.kind, plan.outcome.positive, plan.outcome.rest) == (
        "multiclass",
        None,
        "other",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            MULTICLASS.replace("rest: other", 'positive: "yes"'),
            "outcome.positive: this key belongs to an outcome of kind 'binary'",
        ),
        (
            PLAN_TEXT.replace('positive: "yes"', 'positive: "yes", rest: other'),
            "outcome.rest: this key belongs to an outcome of kind 'multiclass'",
        ),
        (
            PLAN_TEXT.replace(', positive: "yes"', ""),
            "outcome.positive: this key is missing",
        ),
    ],
)
def test_keys_of_the_other_kind_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_plan(text, name="histology.yaml")


GRADES = PLAN_TEXT.replace('kind: binary, column: y, positive: "yes"', "kind: ordinal, column: y")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            MULTICLASS + "models: [ridge, elastic_net]\n",
            "models[1]: elastic_net is for a binary outcome, this one is 'multiclass'",
        ),
        (GRADES + "models: [random_forest]\n", "random_forest knows no order of grades"),
        (
            GRADES + "conformal: 0.9\n",
            "conformal: prediction sets are for classes without an order",
        ),
    ],
)
def test_what_does_not_fit_the_outcome_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        parse_plan(text, name="histology.yaml")


def test_options_are_numbers_in_the_effective_plan(plan_text: str) -> None:
    asked = parse_plan(plan_text + "permutation: 39\nconformal: 0.8\n", name="eor").effective()
    assert (asked["permutation"], asked["conformal"]) == (39, 0.8)


def test_shipped_plans_predict_what_the_specification_names() -> None:
    kinds = {name: plan.outcome.kind for name, plan in shipped_plans().items()}
    assert kinds == {
        "ependymoma_vs_astrocytoma": "binary",
        "functional_decline": "binary",
        "gross_total_resection": "binary",
        "high_grade": "binary",
        "histology": "multiclass",
        "mccormick_12m": "ordinal",
        "overall_survival": "survival",
        "progression_free_survival": "survival",
        "recurrence": "survival",
    }
    for plan in shipped_plans().values():
        assert plan.models[0] == "ridge"
    # the grade before surgery is in every model of its change
    decline = shipped_plans()["functional_decline"]
    assert "mccormick_preoperative" in decline.baseline
    assert "mccormick_preoperative" in (decline.predictors.names or ())
