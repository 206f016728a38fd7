"""The first page answers four questions; sections follow TRIPOD+AI; the formula can be used."""

import copy
import math
import re
from functools import cache
from typing import Any

import pytest

from analyses.disclosure import Small
from analyses.figures.points_chart import Chart
from analyses.report import render_report
from analyses.report.points import EXPLORE, points_chart, risk_at
from analyses.report.release import release
from analyses.report.remarks import remarks
from analyses.report.shortening import shortened
from analyses.report.specification import specification
from analyses.report.summary import calibrated, rare, summary
from analyses.written_out import contributions
from tests.analyses.real_results import real

_KINDS = ("classes", "centres", "times")
_MUST_SAY = {
    "classes": (
        "Ridge regression predicts the probability of each of 4 groups",
        "Of two patients, from different groups, it gave each the higher probability",
        "percentage points away from the predicted one",
    ),
    "centres": (
        "Ridge regression predicts the probability of the outcome (Gross total resection)",
        "Of two patients, one with the outcome and one without, it gave the first",
        "about right on average (observed / expected",
    ),
    "times": (
        "Ridge Cox regression predicts the risk of progression within 24 and 60 months from",
        "of whom one had the event first, it gave that one the higher risk",
        "on average by 24 months (observed / expected",
    ),
}
#: The order of the issue; a report need not have every one.
_ORDER = (
    "summary",
    "origin",
    "participants",
    "table-one",
    "missing",
    "availability",
    "outcome",
    "size",
    "specification",
    "discrimination",
    "calibration",
    "decision",
    "centres",
    "steadiness",
    "subgroups",
    "sensitivity",
    "limitations",
    "provenance",
)


@cache
def _page(case: str) -> str:
    return render_report(real(case)).decode("utf-8")


def _front(html: str) -> str:
    front = html.partition('aria-labelledby="summary">')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", front).split())


def _released(case: str) -> dict[str, Any]:
    return release(shortened(real(case)))


def _primary(page: dict[str, Any]) -> dict[str, Any]:
    return next(m for m in page["models"] if m["role"] == "primary")


@pytest.mark.parametrize("case", _KINDS)
def test_a_reader_of_the_first_page_alone_can_answer(case: str) -> None:
    """How many cases, which model, how good, for whom not."""
    said, found = _front(_page(case)), real(case)
    assert f"{found['data']['used']} of {found['data']['rows']} in the data" in said
    for sentence in _MUST_SAY[case]:
        assert sentence in said
    assert "on cases that it had not seen" in said
    assert re.search(r"It did (better|not clearly do better) than the baseline \(age only\)", said)
    assert "For whom is it not?" in said
    assert "Other hospitals." in said
    assert "Never: region craniocervical" in said


@pytest.mark.parametrize("case", _KINDS)
def test_the_first_page_never_shows_how_well_a_model_knows_its_own_cases(case: str) -> None:
    """With every apparent number changed the first page is the same."""
    found = real(case)
    for model in found["models"]:
        for value in model["performance"]["apparent"].values():
            value["estimate"] = 0.4321
    assert _front(render_report(found).decode()) == _front(_page(case))


@pytest.mark.parametrize("case", [*_KINDS, "nobody"])
def test_sections_stand_in_the_order_of_tripod_and_the_contents_name_them_so(case: str) -> None:
    html = _page(case)
    headings = re.findall(r'<h2 id="([^"]+)"', html)
    listed = re.findall(
        r'<li><a href="#([^"]+)">', html.partition("<nav")[2].partition("</nav>")[0]
    )
    assert headings == listed
    there = [name for name in _ORDER if name in headings]
    assert there == [name for name in headings if name in _ORDER]
    assert {"summary", "origin", "participants", "outcome", "size", "limitations"} <= {*there}


def test_few_cases_of_a_kind_are_named_and_a_hidden_count_stays_hidden() -> None:
    given = _released("centres")
    given["subgroups"] = [
        {"variable": "age_years", "groups": [{"group": "18 to 64", "n": 90}]},
        {"variable": "sex", "groups": [{"group": "female", "n": 3}, {"group": "male", "n": 90}]},
    ]
    given["cohort"]["table_one"] = []
    assert rare(given) == "sex female (3). Never: age under 18, 65 and over."


@pytest.mark.parametrize(
    ("slope", "limits", "said"),
    [
        (0.95, [0.7, 1.3], "neither too extreme nor too timid"),
        (0.35, [-0.1, 1.2], "perhaps too extreme"),
        (0.6, [0.4, 0.8], "and too extreme"),
        (1.6, [1.1, 2.4], "and too timid"),
        (-4.2, [-17.0, 8.7], "and perhaps in the wrong order"),
        (-4.2, [-7.0, -0.7], "and in the wrong order"),
    ],
)
def test_an_interval_that_holds_everything_makes_no_model_well_calibrated(
    slope: float, limits: list[float], said: str
) -> None:
    page = _released("centres")
    nested = copy.deepcopy(_primary(page)["performance"]["nested_cv"])
    nested["calibration_slope"] = {"estimate": slope, "interval": limits}
    assert said in calibrated(page, _primary(page), nested)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ([0.56, 0.8], ""),
        ([0.35, 0.67], " A coin toss may do as well."),
        ([0.2, 0.4], " That is worse than a coin toss."),
    ],
)
def test_an_interval_that_reaches_a_coin_toss_is_said_to(limits: list[float], said: str) -> None:
    page = _released("centres")
    _primary(page)["performance"]["nested_cv"]["auc"] = {"estimate": 0.5, "interval": limits}
    assert summary(page)["good"][0].partition("had not seen.")[2] == said


def test_a_model_of_the_same_predictors_is_not_held_against_the_baseline() -> None:
    page = _released("centres")
    page["plan"]["baseline"] = _primary(page)["predictors"]
    assert "the same predictors as the baseline" in summary(page)["good"][-1]


def test_many_cases_of_few_patients_are_said_to_be_so() -> None:
    page = _released("centres")
    used = page["data"]["used"]
    assert remarks(page) == []
    page["verdict"]["n"] = 1
    assert remarks(page) == [f"All {used} cases are of one patient."]
    page["verdict"]["n"] = Small(5)
    assert remarks(page) == [f"All {used} cases are of fewer than 5 patients."]


def test_the_formula_on_the_page_gives_the_risk_on_the_page() -> None:
    """Added up by hand from the four digits printed."""
    page = _released("centres")
    written = specification(page)
    assert written is not None
    rows = written["example"]["rows"]
    score = sum(float(r["adds"][0].replace("\N{MINUS SIGN}", "-")) for r in rows)
    score += float(written["example"]["constants"][0].replace("\N{MINUS SIGN}", "-"))
    said = float(written["example"]["risks"][0]["risk"].rstrip("%")) / 100
    assert 1 / (1 + math.exp(-score)) == pytest.approx(said, abs=1e-3)
    assert said == pytest.approx(_primary(page)["specification"]["example"]["risks"][0], abs=5e-4)


@pytest.mark.parametrize("case", ["centres"])
def test_points_add_up_to_the_score_within_half_a_point_for_each(case: str) -> None:
    found = _primary(_released(case))["specification"]
    chart = _chart(found, is_enough=False)
    worst = 0.5 * len(chart.lines)
    span = max(v.points for v in chart.lines[0].values)
    assert span == pytest.approx(100)
    values = dict(found["example"]["values"], margin="ill_defined", age_years=20.0, n_segments=4)
    exact = found["constants"][0] + sum(p[0] for _, _, p in contributions(found, values))
    told = {"margin": "ill defined", "age_years": "20", "n_segments": "4"}
    total = 0.0
    for line in chart.lines:
        want = told.get(line.label, str(values[line.label]).replace("_", " "))
        total += round(next(v.points for v in line.values if v.label == want))
    risks = [(spot, float(said.rstrip("%")) / 100) for spot, said in chart.scales[0].ticks]
    (low, first), (high, last) = risks[0], risks[-1]
    unit = (_logit(last) - _logit(first)) / (high - low)
    assert _logit(first) + unit * (total - low) == pytest.approx(exact, abs=unit * worst)
    assert risk_at(found, 0, exact) == pytest.approx(1 / (1 + math.exp(-exact)))


def _logit(risk: float) -> float:
    return math.log(risk / (1 - risk))


def _chart(found: dict[str, Any], *, is_enough: bool) -> Chart:
    names = {column["column"]: column["column"] for column in found["columns"]}
    chart = points_chart(found, labels=names, units={}, scales=["risk"], is_enough=is_enough)
    assert chart is not None
    return chart


def test_points_say_that_they_are_for_exploration_unless_there_were_enough_patients() -> None:
    found = _primary(_released("centres"))["specification"]
    assert _chart(found, is_enough=False).warning == EXPLORE
    assert _chart(found, is_enough=True).warning == ""
    assert _page("centres").count("For exploration, not for care.") >= 2


def test_several_scores_have_no_chart_and_it_is_said() -> None:
    assert "no single total gives the risks" in _page("classes")
    assert "the risk hangs on two scores" in _page("times")


def test_confidential_typical_values_go_with_counts_that_are_not_told() -> None:
    """The invented patient and what fills a gap rest on the counts of their column."""
    given = real("centres_registry")
    row = next(r for r in given["cohort"]["missingness"] if r["column"] == "age_years")
    # 15 of 260 are recorded: of so few the median may be that of a person
    row.update(recorded=15, missing=row["n"] - 15)
    found = next(r for r in given["cohort"]["table_one"] if r["variable"] == "age_years")
    given["cohort"]["table_one"].remove(found)
    told = _primary(release(shortened(given)))["specification"]
    ages = next(column for column in told["columns"] if column["column"] == "age_years")
    assert told["example"] is None
    assert ages["fill"] is None
    assert ages["range"] is None
    html = render_report(given).decode()
    assert "rest on numbers too small to be told" in html
    assert "figure-points" not in html


def test_three_missing_values_do_not_hide_what_is_typical_of_all_others() -> None:
    given = real("centres_registry")
    row = next(r for r in given["cohort"]["missingness"] if r["column"] == "age_years")
    row.update(recorded=row["n"] - 3, missing=3)
    found = next(r for r in given["cohort"]["table_one"] if r["variable"] == "age_years")
    given["cohort"]["table_one"].remove(found)
    assert _primary(release(shortened(given)))["specification"]["example"] is not None


def test_results_of_before_have_no_formula_and_still_a_report() -> None:
    given = copy.deepcopy(real("centres"))
    for model in given["models"]:
        del model["specification"]
    html = render_report(given).decode()
    assert 'id="specification"' in html
    assert 'id="formula"' not in html
