"""Figures of models: harm is not cut off, small centres stay, hidden counts are told nowhere."""

import copy
import re

import numpy as np
import pytest

from analyses.figures import centres, decision_curve, instability, roc, table_one
from analyses.figures.style import spread, to_svg
from analyses.numbers import NONE
from analyses.report import render_report
from analyses.report.release import release
from tests.analyses.figure_examples import AT_CENTRES, BENEFIT, REFITS, TABLE_ONE
from tests.analyses.real_results import real
from tests.analyses.report_fixture import results


def test_harm_of_the_model_is_never_cut_off():
    figure = decision_curve.draw(BENEFIT)
    low, high = figure.axes[0].get_ylim()
    for point in BENEFIT.points:
        for value in (point.model, point.baseline, 0.0):
            assert low < value < high
    assert min(p.everyone for p in BENEFIT.points) < low  # it would press all others flat,
    assert "goes on below" in to_svg(figure, name="d", provenance=None)  # and says that it goes on
    harmful = [
        decision_curve.Point(p.threshold, p.model - 9, p.baseline, p.everyone)
        for p in BENEFIT.points
    ]
    low, _ = decision_curve.draw(decision_curve.Benefit("x", tuple(harmful))).axes[0].get_ylim()
    assert low < min(p.model for p in harmful)


def test_a_decision_curve_without_baseline_or_with_one_threshold_is_drawn():
    alone = decision_curve.Benefit("x", (decision_curve.Point(0.2, 0.01, None, -0.3),))
    assert "baseline" not in to_svg(decision_curve.draw(alone), name="d", provenance=None)
    assert decision_curve.alt_text(alone).endswith("acting for none at 20%.")
    assert decision_curve.as_table(alone).rows[0][2] == NONE


@pytest.mark.parametrize("spots", [[0.0, 0.0, 0.0, 0.0], [9.9, 0.1, 9.8, 5.0], [10.0, -3.0]])
def test_labels_stand_apart_in_order_and_inside(spots):
    placed = spread(spots, [1.0] * len(spots), 0.0, 10.0)
    assert sorted(range(len(spots)), key=lambda i: (spots[i], i)) == list(np.argsort(placed))
    assert np.diff(sorted(placed)).min() >= 1 - 1e-9
    assert min(placed) >= 0.5 - 1e-9
    assert max(placed) <= 9.5 + 1e-9


def test_small_centres_are_hollow_and_hidden_counts_stay_hidden():
    figure = centres.draw(AT_CENTRES)
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, False, False, True]
    arrows = [line.get_marker() for line in figure.axes[1].lines if line.get_marker() in "<>"]
    assert arrows == ["<", ">"]  # the interval goes on beyond the scale
    svg = to_svg(figure, name="c", provenance=None)
    for said in (">n 9 (&lt;5)<", ">n 12 (hidden)<", ">not shown<", ">Next centre<"):
        assert said in svg
    rows = centres.as_table(AT_CENTRES).rows
    assert ("AUC (telling patients apart)", "D", "18", "7", "0.55", "0.30 to 0.80", "no") in rows
    assert "Pooled: 0.70 (0.61 to 0.78); next centre: 0.48 to 0.86." in centres.alt_text(AT_CENTRES)


def test_refits_are_drawn_on_one_scale_and_the_widest_group_is_named():
    figure = instability.draw(REFITS)
    assert figure.axes[0].get_xlim() == figure.axes[0].get_ylim()
    assert "predicted 62%: 95% of the refits gave it 33% to 83%" in instability.alt_text(REFITS)
    assert instability.as_table(REFITS).rows[2][3] == "<5"


def test_a_difference_that_may_not_be_shown_has_no_dot_and_no_number():
    figure = table_one.draw(TABLE_ONE)
    assert sum(line.get_marker() == "o" for line in figure.axes[0].lines) == 2
    assert table_one.as_table(TABLE_ONE).rows[2] == ("Cap sign", NONE, "hidden", "hidden")
    assert table_one.alt_text(TABLE_ONE[2:]).endswith("None can be computed or shown.")


def test_a_baseline_is_grey_in_every_figure_of_models():
    diagonal = ((0.0, 0.0), (1.0, 1.0))
    shown = roc.Curves(
        "published",
        (
            roc.Curve("ridge", diagonal, 0.7, None),
            roc.Curve("baseline", diagonal, 0.6, None, is_baseline=True),
        ),
    )
    colours = [line.get_color() for line in roc.draw(shown).axes[1].lines]
    assert colours[1:] == ["#0072B2", "#5a6169"]


@pytest.mark.parametrize("case", ["simulated", "published", "registry"])
def test_a_report_draws_what_its_results_hold(case):
    page = render_report(results(case)).decode()
    drawn = set(re.findall(r'<svg id="figure-([^"]+)"', page))
    assert {"table-one", "roc", "decision-curve"} <= drawn


def test_a_report_with_refits_and_centres_draws_them():
    page = render_report(real("centres")).decode()
    assert {"instability", "centres"} <= set(re.findall(r'<svg id="figure-([^"]+)"', page))


def test_a_confidential_curve_goes_in_steps_of_five_cases():
    found = real("centres_registry")
    sizes = np.array(
        [found["outcome"]["n"] - found["outcome"]["events"], found["outcome"]["events"]]
    )
    steps = [(p["fpr"], p["tpr"]) for p in found["models"][-1]["curves"]["roc"]]
    assert (np.diff(steps, axis=0) * sizes).sum(axis=1).min() < 5  # the results hold single cases
    for model in release(found)["models"]:
        steps = [(p["fpr"], p["tpr"]) for p in model["curves"]["roc"]]
        assert (np.diff(steps, axis=0) * sizes).min() >= 5 - 1e-6


def test_curves_of_classes_are_joined_by_the_size_of_each_class():
    found = real("classes_registry")
    classes = found["outcome"]["classes"]
    total = found["outcome"]["n"]
    shown = release(copy.deepcopy(found))
    seen = 0
    for model in shown["models"]:
        for row, of_class in zip(model["curves"]["by_class"], classes, strict=True):
            steps = np.array([(p["fpr"], p["tpr"]) for p in row["roc"]])
            if len(steps):
                seen += 1
                sizes = [total - of_class["n"], of_class["n"]]
                assert (np.diff(steps, axis=0) * sizes).min() >= 5 - 1e-6
    assert seen
