"""Figures: numbers that do not add up are refused, hidden ones stay hidden, ids do not clash."""

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from analyses.disclosure import Hidden, Small
from analyses.figures import attrition, calibration, forest, missingness, performance
from analyses.figures.case_looks import LOOKS as CASE_LOOKS
from analyses.figures.over_time import Curve, OverTime
from analyses.figures.over_time import draw as draw_over_time
from analyses.figures.style import WIDTH, svg_file, to_svg, wrap
from analyses.numbers import NONE
from schemas.errors import IntegrityError

STEPS = [attrition.Step("no surgery", 10, 4, 6), attrition.Step("outcome unknown", 6, 0, 6)]


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [attrition.Step("no surgery", 10, 4, 7)],
        [attrition.Step("no surgery", 10, 12, -2)],
        [STEPS[0], attrition.Step("outcome unknown", 7, 1, 6)],
    ],
)
def test_attrition_that_does_not_add_up_is_not_drawn(steps):
    with pytest.raises(IntegrityError):
        attrition.draw(steps)


def test_attrition_draws_no_box_for_a_step_without_loss():
    svg = to_svg(attrition.draw(STEPS), name="a", provenance=None)
    assert "no surgery" in svg
    assert "outcome unknown" not in svg
    assert "outcome unknown" in str(attrition.as_table(STEPS).rows)


def test_hidden_counts_are_in_no_part_of_a_figure():
    entry = missingness.Entry("Sex", 60, Hidden(), (("present", Small()), ("missing", Hidden())))
    assert "too few to show" in to_svg(missingness.draw([entry]), name="m", provenance=None)
    assert missingness.as_table([entry]).rows == (("Sex", "60", "<5", "hidden"),)
    assert "too small" in missingness.alt_text([entry])
    bars = (calibration.Bar(0.0, 0.1, Small(), 9),)
    assert "too small to show" in to_svg(
        calibration.draw(calibration.Curve((), (), bars)), name="c", provenance=None
    )


def test_ids_carry_the_name_of_the_figure_and_every_reference_has_a_target():
    svg = to_svg(attrition.draw(STEPS), name="flow", provenance=None)
    ids = re.findall(r'\bid="([^"]+)"', svg)
    assert all(i == "flow" or i.startswith("flow-") for i in ids)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(|href=")#([^")]+)', svg)) <= set(ids)
    assert "<metadata" not in svg
    assert "#flow *{" in svg


@pytest.mark.parametrize(
    ("provenance", "mark"),
    [
        ("simulated", ">SIMULATED: nobody is behind these cases<"),
        ("published", ">Published case reports, not a cohort<"),
        ("registry", None),
        (None, None),
    ],
)
def test_a_drawing_says_whose_cases_it_shows_and_leaves_room_for_it(provenance, mark):
    plain = to_svg(attrition.draw(STEPS), name="a", provenance=None)
    svg = to_svg(attrition.draw(STEPS), name="a", provenance=provenance)
    if mark is None:
        assert svg == plain
        return
    assert mark in svg
    (_, *was), (top, *now) = (
        [float(n) for n in re.findall(r'viewBox="0 (\S+) (\S+) (\S+)"', each)[0]]
        for each in (plain, svg)
    )
    assert now == [was[0], was[1] - top]  # nothing of the drawing lies under the mark


def test_a_file_stands_alone():
    step = attrition.Step("less than <b>", 3, 1, 2)
    svg = to_svg(attrition.draw([step]), name="a", provenance="simulated")
    made = svg_file(svg, title="Who & \x01what", description="Flow of <3> cases.")
    root = ElementTree.fromstring(made)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert [child.tag.split("}")[1] for child in root][:2] == ["title", "desc"]
    assert root[0].text == "Who & what"
    assert root[1].text == "Flow of <3> cases."
    assert (root.get("role"), root.get("aria-hidden")) == ("img", None)
    _, _, width, height = root.get("viewBox", "").split()
    assert (root.get("width"), root.get("height")) == (f"{width}pt", f"{height}pt")
    texts = [e for e in root.iter() if e.tag.endswith("}text")]
    assert texts
    assert all("font-family: 'DejaVu Sans'" in e.get("style", "") for e in texts)


def test_the_same_drawing_gives_the_same_text():
    made = [to_svg(attrition.draw(STEPS), name="a", provenance=None) for _ in range(2)]
    assert made[0] == made[1]


def test_performance_without_an_estimate_says_so():
    measure = performance.Measure(
        "AUC", 0.5, "chance", 2, (performance.Estimate("ridge", None, None),)
    )
    assert "not computed" in to_svg(performance.draw([measure]), name="p", provenance=None)
    assert performance.as_table([measure]).rows[0][2] == "not computed"


def test_text_is_wrapped_and_cut_and_never_read_as_mathematics():
    assert wrap("a " * 100, 10, lines=2).count("\n") == 1
    assert wrap("", 10) == "(no name)"
    step = attrition.Step("costs $5 and $x^2$ <b>", 3, 1, 2)
    svg = to_svg(attrition.draw([step]), name="a", provenance=None)
    assert "$5" in svg
    assert "&lt;b" in svg
    assert f'viewBox="0 0 {WIDTH * 72:g}' in svg


def test_a_forest_shows_every_study_and_says_where_an_interval_goes_on():
    far = forest.Study("Kim", "published", 113.0, (4.9, 2624.0))
    own = forest.Study("These cases", "own", None, None)
    together = forest.Study("Together", "pooled", 8.2, (1.9, 36.0), prediction=(1.0, 60.0))
    panel = forest.Panel("Margin: well defined v ill defined", (far, own, together))
    svg = to_svg(forest.draw([panel]), name="f", provenance=None)
    for text in ("Kim", "These cases", "not shown", "(4.9 to 2624)", "Together"):
        assert text in svg
    assert svg == to_svg(forest.draw([panel]), name="f", provenance=None)
    inside = forest.Panel(panel.title, (forest.Study("Kim", "published", 113.0, (4.9, 900.0)),))
    lines = [forest.draw([p]).axes[0].get_lines() for p in (panel, inside)]
    assert [sum(line.get_marker() == ">" for line in of) for of in lines] == [1, 0]
    assert forest.as_table([panel]).rows[2][2:] == ("8.2", "1.9 to 36", NONE, "1 to 60")


def _over_time(*named: tuple[str, tuple[tuple[float, int], ...]]) -> Any:
    flat = (0.5, 0.4, 0.2)
    curves = tuple(Curve(n, (0.0, 12.0, 24.0), flat, flat, flat, marks) for n, marks in named)
    return draw_over_time(OverTime(curves, "Free of the event", "Months")).axes[0].get_lines()


def test_a_histology_group_has_the_same_colour_over_time_as_on_the_cord_map() -> None:
    """In the order of the alphabet astrocytic tumours took the blue of ependymoma."""
    ependymoma, astrocytic, *_ = _over_time(("ependymoma", ()), ("astrocytic", ()))
    assert ependymoma.get_color() == CASE_LOOKS["ependymoma"].colour
    assert astrocytic.get_color() == CASE_LOOKS["astrocytic"].colour


def test_a_curve_is_thin_where_fewer_than_five_are_at_risk() -> None:
    """Its last patient took a curve from 96% to 0%; nothing said that it was one."""
    thick, thin, *_ = _over_time(("all", ((0.0, 30), (12.0, 6), (24.0, 1))))
    assert thick.get_xdata().tolist() == [0.0, 12.0]
    assert thin.get_xdata().tolist() == [12.0, 24.0]
    assert thin.get_linewidth() < thick.get_linewidth()
