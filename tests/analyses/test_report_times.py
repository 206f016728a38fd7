"""The report of a time to an event: what it says, what it must say beside, what it keeps."""

import copy
import html
import re
from typing import Any

import pytest

from analyses.disclosure import SMALLEST_SHOWN
from analyses.figures import over_time as figure
from analyses.figures.style import to_svg
from analyses.report import render_report, report_files
from analyses.report.index import render_index
from analyses.report.over_time import competing_name, event_name
from analyses.report.release import release
from tests.analyses.beside import check_files, check_methods, released
from tests.analyses.real_results import real


def _text(results: dict[str, Any]) -> str:
    page = re.sub(r"<style.*?</style>", " ", render_report(results).decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    return real("times")


@pytest.fixture(scope="module")
def confidential() -> dict[str, Any]:
    return real("times_registry")


def test_the_verdict_comes_first_and_how_long_before_any_model(results: dict[str, Any]) -> None:
    text, median = _text(results), results["survival"]["median"]
    low, high = median["interval"]
    said = (
        f"Half of the cases were free of progression and of death for {median['estimate']:.3g} "
        f"months (95% interval {low:.4g} to {high:.4g})."
    )
    assert text.index("Verdict") < text.index(said) < text.index("How good is it?")
    assert f"{results['outcome']['competing']} had death first" in text
    assert render_report(results) == render_report(copy.deepcopy(results))


def test_every_figure_and_table_is_a_file_that_says_whose_cases_these_are(
    results: dict[str, Any], confidential: dict[str, Any]
) -> None:
    for found in (results, confidential):
        check_files(report_files(found), found["cohort"]["provenance"])
        check_methods(released(found))


def test_what_times_cannot_say_is_said(results: dict[str, Any]) -> None:
    text = _text(results)
    for said in (
        "the true time lies between the last image without it",
        "Not corrected for late entry",
        "They cover which patients happened to be in the cohort",
        "“Without it so far” is not “free of it for good”",
    ):
        assert said in text
    late = copy.deepcopy(results)
    late["survival"]["entry"] = {"column": "entry_months", "n_late": 41, "n_before_entry": 7}
    late["survival"]["image_gaps"] = [{"centre": "SIM_A", "median_days": 182.0}]
    text = _text(late)
    assert "Corrected for late entry: 41 cases came under observation after time 0" in text
    assert "Median gap between images: SIM_A 182 days" in text
    assert "How far images lie apart is not known" not in text


def test_every_horizon_has_its_numbers_and_its_calibration(results: dict[str, Any]) -> None:
    page, text = render_report(results).decode(), _text(results)
    for row in results["survival"]["horizons"]:
        assert re.search(rf"{row['at']:g} months {row['n_at_risk']} {row['events']}\b", text)
        assert f'id="figure-calibration-{row["at"]:g}"' in page
    assert "AUC at the first horizon" in text
    assert "Brier score may" in text or "lower Brier score" in text or "higher Brier score" in text
    assert "log-odds" not in text
    assert "The event comes" in text


def test_unpenalised_ratios_are_shown_where_there_are_some(results: dict[str, Any]) -> None:
    assert "Hazard ratios" not in _text(results)
    big = copy.deepcopy(results)
    row = {"term": "age_years", "estimate": 0.6931471805599453, "se": 0.1}
    row |= {"interval": [0.0, 1.0986122886681098], "p": 1e-9}
    big["survival"] |= {"cox": [row], "fine_gray": [row], "cox_competing": [row], "notes": []}
    big["survival"]["proportional_hazards"] = [{"term": "GLOBAL", "statistic": 2.5, "p": 0.2}]
    text = _text(big)
    assert "Hazard ratios of progression" in text
    assert "Hazard ratios of death" in text
    assert "Ratios of the subdistribution hazard of progression" in text
    assert "Age 2 1 to 3 <0.0001" in text
    assert "All together 2.50 0.2" in text


def test_nobody_with_the_event_is_no_nought_per_cent_for_sure(results: dict[str, Any]) -> None:
    none = copy.deepcopy(results)
    none["survival"]["median"] = {"estimate": None, "interval": None, "reason": "few"}
    first = none["survival"]["horizons"][0]
    first.update(risk=0.0, risk_interval=None, survival=1.0, interval=None)
    text = _text(none)
    assert "no median time can be given. Nobody was seen to have progression by 24 months." in text
    assert "0% (no limits)" in text


def test_a_state_is_said_as_the_event_that_led_to_it(results: dict[str, Any]) -> None:
    page = copy.deepcopy(results)
    page["plan"]["outcome"].update(event_value=["progressed"], competing_value=["dead", "Died"])
    assert event_name(page) == "progression"
    assert competing_name(page) == "death"


def test_both_choices_stand_beside_each_other(
    results: dict[str, Any], confidential: dict[str, Any]
) -> None:
    assert results["survival"]["otherwise"] == []  # a table of one's own has no such choice
    median = {"estimate": 61.0, "interval": [50.0, None]}
    for found in (results, confidential):
        both = copy.deepcopy(found)
        both["survival"]["otherwise"] = [
            {
                "name": "late_deaths_censored",
                "n": both["data"]["used"],
                "events": both["outcome"]["events"] - 2,
                "median": median,
                "horizons": both["survival"]["horizons"],
            }
        ]
        text = _text(both)
        assert "A death more than 730 days after the last imaging is censored" in text
        # two deaths fewer tell of two persons
        assert ("61 (50 to not reached)" in text) == (found is results)


def test_the_index_names_c_and_the_events(results: dict[str, Any]) -> None:
    page = render_index([("pfs-simulated", results)]).decode()
    assert f"<dt>With the event</dt><dd>{results['outcome']['events']}</dd>" in page
    assert "<dt>C, ridge</dt>" in page


def test_a_confidential_curve_never_moves_for_fewer_than_five(confidential: dict[str, Any]) -> None:
    page = release(confidential)
    whole = page["survival"]["kaplan_meier"][0]
    causes = page["survival"]["cumulative_incidence"]
    assert len(whole["times"]) > 5
    assert all(set(curve["times"]) <= set(whole["times"]) for curve in causes)
    for curve in (whole, *causes):
        for before, after in zip(curve["events"], curve["events"][1:], strict=False):
            assert after == before or after - before >= SMALLEST_SHOWN
        for name in ("survival", "risk", "low", "high"):
            assert len(curve.get(name, curve["times"])) == len(curve["times"])
    for before, after in zip(whole["at_risk"], whole["at_risk"][1:], strict=False):
        assert after["n"] == before["n"] or before["n"] - after["n"] >= SMALLEST_SHOWN
    assert all(curve["times"] == [] for curve in page["survival"]["kaplan_meier"][1:])
    text = _text(confidential)
    assert "No curve by group" in text
    assert "between which nobody or five or more had an event" in text


def test_a_small_group_has_no_median_in_a_confidential_report(
    confidential: dict[str, Any],
) -> None:
    small = copy.deepcopy(confidential)
    group = small["survival"]["kaplan_meier"][1]
    group["n"] = 3
    page = release(small)
    shown = page["survival"]["kaplan_meier"][1]
    assert str(shown["n"]) == "<5"
    assert shown["median"]["estimate"] is None
    assert shown["rmst"]["estimate"] is None


def test_a_figure_over_time_ends_where_nothing_is_known() -> None:
    curve = figure.Curve("all", (0.0, 5.0, 9.0), (1.0, 0.5, None), (None,) * 3, (None,) * 3)
    shown = figure.OverTime((curve,), "Free of the event", "Months")
    assert figure.alt_text(shown).endswith("all: 50% at 5 (months).")
    assert [row[1] for row in figure.as_table(shown).rows] == ["0", "5"]
    empty = figure.OverTime((figure.Curve("all", (), (), (), ()),), "Free of the event", "Months")
    assert "too small to be shown" in figure.alt_text(empty)
    for each in (shown, empty):
        assert to_svg(figure.draw(each), name="t", provenance=None).startswith("<svg")
