"""The report of several classes, of centres left out, of a challenger, and of nobody."""

import re

import pytest

from analyses.report import render_report, report_files
from analyses.report.merging import merge_small_steps
from analyses.report.release import release
from tests.analyses.beside import check_files, check_methods, released
from tests.analyses.real_results import CASES, real


def _text(case: str) -> str:
    page = re.sub(r"<style.*?</style>", " ", render_report(real(case)).decode(), flags=re.DOTALL)
    words = re.sub(r"<[^>]+>", " ", page).replace("\u00ad", "")
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("case", CASES)
def test_same_results_give_the_same_bytes(case: str) -> None:
    assert render_report(real(case)) == render_report(real(case))


@pytest.mark.parametrize("case", CASES)
def test_every_figure_and_table_is_a_file_that_says_whose_cases_these_are(case: str) -> None:
    check_files(report_files(real(case)), real(case)["cohort"]["provenance"])
    check_methods(released(real(case)))


@pytest.mark.parametrize("snapshot", ["s1", None])
def test_a_table_of_ones_own_had_no_quarantine(snapshot: str | None) -> None:
    found = real("centres")
    found = {**found, "provenance": {**found["provenance"], "snapshot": snapshot}}
    page = render_report(found).decode()
    assert ("rows in quarantine never became cases" in page) == (snapshot is not None)
    assert ("No rule of the registry was run on them" in page) == (snapshot is None)


def test_classes_are_named_everywhere() -> None:
    text = _text("classes")
    outcome = real("classes")["outcome"]
    assert [c["class"] for c in outcome["merged"]] == ["vascular"]
    assert f"joined “other”: vascular ({outcome['merged'][0]['n']})" in text
    for c in outcome["classes"]:
        assert re.search(rf"n = {c['n']}\b", text)
    assert "Picking the right patient (PDI)" in text
    assert "Pate and colleagues" in text
    assert "Riley and colleagues" not in text
    assert "against all other groups" in text
    assert "Net benefit" not in text


def test_centres_stand_beside_nested_cross_validation() -> None:
    found = real("centres")["models"][1]["performance"]["internal_external"]
    text = _text("centres")
    assert "At centres it was not made from" in text
    for row in found["by_centre"]:
        assert row["centre"] in text
    assert f"All ({found['centres_pooled']} centres pooled)" in text
    assert "Where the next centre may lie" in text
    assert "covers in truth 84 to 94 of 100" in text
    assert "Not possible here" not in text


def test_a_challenger_is_told_why_it_does_not_win() -> None:
    results = real("centres")
    challenger = results["comparison"]["challengers"][0]
    text = _text("centres")
    verb = "takes" if challenger["wins"] else "does not take"
    assert f"The random forest {verb} the place of ridge" in text
    for reason in challenger["reasons"]:
        assert reason in text


def test_nobody_eligible_is_no_blank_page() -> None:
    text = _text("nobody")
    assert "Why nobody could be analysed: 260 no McCormick grade before surgery." in text
    assert "No case could be analysed" in text
    assert "Table 1" not in text


@pytest.mark.parametrize("case", ["classes_registry", "centres_registry"])
def test_a_confidential_report_has_no_small_count_and_keeps_the_sizes(case: str) -> None:
    raw, page = real(case), release(real(case))
    assert page["audience"] == "internal"
    assert page["data"]["used"] == raw["data"]["used"]
    if case.startswith("classes"):
        assert [c["n"] for c in page["outcome"]["classes"]] == [
            c["n"] for c in raw["outcome"]["classes"]
        ]
        assert str(page["outcome"]["merged"][0]["n"]) == "<5"
        assert "Not shown by group" in _text(case)

    def small(node: object, path: str = "") -> list[str]:
        if isinstance(node, dict):
            return [p for key, value in node.items() for p in small(value, f"{path}.{key}")]
        if isinstance(node, list):
            return [p for i, value in enumerate(node) for p in small(value, f"{path}[{i}]")]
        named = re.search(
            r"\.(n|events|non_events|n_out|missing|recorded|patients|tested|covered)$", path
        )
        return [path] if named and isinstance(node, int) and 0 < node < 5 else []

    told = [p for p in small(page) if "centres_pooled" not in p]
    assert told == []
    rows = zip(raw["prediction_sets"]["classes"], page["prediction_sets"]["classes"], strict=True)
    for row, shown in rows:
        if row["tested"] is not None and 0 < row["tested"] - row["covered"] < 5:
            assert shown["coverage"] is None  # times the patients it would tell
    for part in page["subgroups"]:
        for shown in part["groups"]:
            if not isinstance(shown["n"], int):
                assert shown["performance"] is None


def test_what_lies_beyond_the_estimate_is_told() -> None:
    for case in ("classes", "centres"):
        results, text = real(case), _text(case)
        assert results["permutation"] is not None
        assert f"In {results['permutation']['as_good']} of 3 permutations" in text
        judged = [c for c in results["prediction_sets"]["classes"] if c["threshold"] is not None]
        assert f"of the {len(judged)} groups on average" in text
        assert "No coverage is guaranteed" in text
        assert "65 and over" in text
        assert "this analysis is for endpoints of the warehouse" in text


def test_small_exclusions_are_joined_before_anything_is_hidden() -> None:
    page = real("centres")
    steps = [("a", 100, 11), ("b", 89, 2), ("c", 87, 17), ("d", 70, 0), ("e", 70, 3)]
    page["cohort"]["attrition"] = [
        {"step": name, "n_before": before, "n_out": out, "n_after": before - out}
        for name, before, out in steps
    ]
    page["data"]["excluded"] = [{"reason": name, "n": out} for name, _, out in steps if out]
    merge_small_steps(page)
    flow = [
        (s["step"], s["n_before"], s["n_out"], s["n_after"]) for s in page["cohort"]["attrition"]
    ]
    assert flow == [
        ("a", 100, 11, 89),
        ("b; or: c; or: d; or: e", 89, 22, 67),
    ]
    assert sum(row["n"] for row in page["data"]["excluded"]) == 33


@pytest.mark.parametrize("case", ["classes", "centres"])
def test_how_steady_the_model_is(case: str) -> None:
    models = real(case)["models"]
    text = _text(case)
    assert "How steady the model is" in text
    assert "anew from 8 resamples of the patients" in text
    moved = 100 * models[1]["instability"]["mape"]
    assert (
        f"the probability then moved by {moved:.1f} percentage points on average (ridge model)"
        in text
    )
    assert models[2]["instability"]["resamples"] == 2  # the forest has as many as the plan says
    corrected = models[1]["performance"]["bootstrap_632plus"]["auc"]["estimate"]
    assert re.search(rf"AUC, \.632\+ \d\.\d\d {corrected:.2f} \d\.\d\d", text)
    assert "The penalty is chosen on the data, so that the correction would be too small." in text
    assert ("Predicted by 95% of the refits" in text) == (case == "centres")
    assert ("Same sign" in text) == (case == "centres")
