"""Cohorts unlike others: the report is right, and says on its first page what is unlike."""

import copy
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import polars as pl
import pytest

from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.report import render_report
from tests.analyses.real_results import plan_of, small_cohort

_PREDICTORS = ("age_years", "n_segments", "margin", "cap_sign", "cord_region")
_Change = Callable[[pl.DataFrame], pl.DataFrame]


def _all(**columns: Any) -> _Change:
    return lambda frame: frame.with_columns(**{k: pl.lit(v) for k, v in columns.items()})


def _unrecorded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, frame[c].dtype).alias(c) for c in _PREDICTORS)


#: name -> (kind of outcome, what is changed, what the first page says)
EXTREMES: dict[str, tuple[str, _Change, str]] = {
    "seven": ("centres", lambda f: f.head(7), "Only 7 cases could be analysed."),
    "seven times": ("times", lambda f: f.head(7), "Only 7 cases could be analysed."),
    "nobody": ("centres", lambda f: f.head(0), "There is no case in the data."),
    "never": (
        "centres",
        _all(gross_total_resection="no"),
        "Nobody had the outcome (Gross total resection): nothing can be learned of it.",
    ),
    "always": (
        "centres",
        _all(gross_total_resection="yes"),
        "Everybody had the outcome (Gross total resection): nothing can be told apart.",
    ),
    "no event": (
        "times",
        _all(pfs_end="none"),
        "Nobody was seen to have progression while followed: nothing can be learned of it.",
    ),
    "one class": (
        "classes",
        _all(histology_group="ependymoma"),
        "Every case has the same value of “Histology group” (ependymoma): nothing can be told "
        "apart.",
    ),
    "unrecorded": ("centres", _unrecorded, "Nothing is recorded of any predictor."),
    "unrecorded times": ("times", _unrecorded, "Nothing is recorded of any predictor."),
    "unrecorded classes": ("classes", _unrecorded, "Nothing is recorded of any predictor."),
    "one centre": (
        "centres",
        _all(site_id="SIM_A"),
        "All cases come from one centre: how the model does elsewhere was not tested.",
    ),
}


@cache
def _results(name: str) -> dict[str, Any]:
    """One model, few refits: what the first page says does not hang on them."""
    kind, change, _ = EXTREMES[name]
    text = plan_of(kind).replace(", random_forest", "").replace("bootstraps: 8", "bootstraps: 0")
    plan = parse_plan(text.replace("permutation: 3", ""), name=f"{kind}.yaml")
    stamp = {"snapshot": "0f" * 8, "code": "c0" * 32, "lock": "10" * 32}
    return run_plan(plan, change(small_cohort()), availability=None, stamp=stamp).results


@cache
def _page(name: str, provenance: str) -> str:
    found = copy.deepcopy(_results(name))
    found["cohort"]["provenance"] = provenance
    found["plan"]["population"]["provenance"] = provenance
    return render_report(found).decode("utf-8")


def _first_page(html: str) -> str:
    front = html.partition('aria-labelledby="summary">')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", front).split())


@pytest.mark.parametrize("provenance", ["simulated", "registry"])
@pytest.mark.parametrize("name", EXTREMES)
def test_the_first_page_says_what_is_unlike_others(name: str, provenance: str) -> None:
    said = _first_page(_page(name, provenance))
    assert EXTREMES[name][2] in said
    assert said.startswith("Summary Verdict")
    # nothing of a formula's makings where a person reads
    assert not re.search(r"\b(nan|None|inf)\b", said)


@pytest.mark.parametrize("name", [n for n in EXTREMES if n != "one centre"])
def test_without_a_model_nothing_is_predicted(name: str) -> None:
    html = _page(name, "simulated")
    for section in ("specification", "discrimination", "performance", "calibration"):
        assert f'id="{section}"' not in html
    assert "figure-points" not in html
    assert "Which model?" not in _first_page(html)


def test_a_confidential_first_page_tells_no_small_number_of_patients() -> None:
    """Neither in the reasons of the verdict nor in a time that hangs on single events."""
    said = _first_page(_page("seven times", "registry"))
    assert not re.search(r"\b[1-4] (patients|events|cases)", said)
    assert "not told: it rests on too few cases" in said
    assert "Half of the cases were free" not in said


def test_too_few_patients_is_not_said_of_many_without_a_predictor() -> None:
    said = _first_page(_page("unrecorded", "simulated"))
    assert "too few patients" not in said.lower()
    assert "there is nothing to predict from" in said


def test_nobody_at_all_is_no_matter_of_reasons() -> None:
    said = _first_page(_page("nobody", "simulated"))
    assert "Nobody to analyse" in said
    assert "left out" not in said
    assert "cases analysed 0 of 0 in the data" in said
