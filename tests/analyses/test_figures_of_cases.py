"""Figures of groups and of single cases: what is counted, what is kept back, what is left out."""

import numpy as np
import polars as pl
import pytest

from analyses.figures import confusion_matrix, feature_by_histology, roc, signs_heat_map, swimmer
from analyses.figures.style import to_svg
from analyses.shown.case_rows import courses_of, heat_map_of
from analyses.shown.confusion import matrix_of
from analyses.shown.features_by_group import features_of
from analyses.shown.rocs import roc_of
from schemas.errors import UsageError
from tests.analyses.figure_examples import cases, tables


def _features(provenance="registry", *, times=20, audience="internal"):
    return features_of(
        cases(provenance, times=times),
        signs=["syrinx", "oedema"],
        measures=["tumour_length_mm", "syrinx_length_mm"],
        audience=audience,
    )


def test_what_could_not_be_judged_is_apart_from_absent_and_from_nothing_said():
    shown = _features("published", times=1, audience="open")
    rows = {row.group: row.states for row in dict(shown.signs)["Syrinx"]}
    assert rows["not_known"] == (0, 0, 1, 1)  # indeterminate; nothing said
    assert rows["other"] == (0, 2, 0, 0)


def test_small_states_are_told_in_no_part_of_the_figure():
    frame = cases("registry", times=20)
    few = pl.when(pl.col("case_id") < "C1003").then(pl.lit("present")).otherwise("syrinx")
    shown = features_of(
        frame.with_columns(syrinx=few), signs=["syrinx"], measures=[], audience="internal"
    )
    row = next(r for r in dict(shown.signs)["Syrinx"] if r.group == "ependymoma")
    assert [str(n) for n in row.states] == ["<5", "hidden", "0", "0"]
    svg = to_svg(feature_by_histology.draw(shown), name="f", provenance=None)
    assert ">present &lt;5<" in svg
    assert "3 of 20" not in svg + feature_by_histology.alt_text(shown)
    assert "17" not in str(feature_by_histology.as_table(shown).rows)


def test_quartiles_are_for_twenty_cases_or_more():
    (_, lengths), (_, nothing) = _features().measures
    assert {r.group: r.quartiles for r in lengths}["astrocytic"] == (41.6, 41.6, 41.6)
    assert all(r.quartiles is None for r in nothing)
    (_, fewer), _ = _features(times=19).measures
    assert {r.group: r.quartiles for r in fewer}["astrocytic"] is None


def test_single_cases_are_drawn_up_to_sixty_and_of_one_provenance():
    with pytest.raises(UsageError, match="asked for 63 of them"):
        heat_map_of(cases(times=9), ["syrinx"])
    with pytest.raises(UsageError, match="asked for 0 of them"):
        heat_map_of(cases().head(0), ["syrinx"])
    with pytest.raises(UsageError, match="published, simulated"):
        heat_map_of(pl.concat([cases(), cases("published")]), ["syrinx"])


def test_the_heat_map_orders_cases_by_group_findings_and_key():
    shown = heat_map_of(cases(times=2).reverse(), ["oedema", "syrinx"])
    keys = [case.key for group in shown.ordered for case in group]
    assert keys[:4] == ["C1000", "C1001", "C3000", "C3001"]
    table = signs_heat_map.as_table(shown)
    assert table.rows[-1] == ("type not known", "nothing said", "nothing said")
    assert "C1000" not in to_svg(signs_heat_map.draw(shown), name="h", provenance=None)


def test_a_course_ends_with_death_and_what_cannot_be_drawn_is_counted():
    shown = courses_of(cases(), tables())
    courses = {c.key: c for c in shown.cases}
    assert courses.keys() == {"C1000", "C3000", "C4000"}
    assert (courses["C3000"].last, courses["C3000"].is_dead) == (1000, True)
    assert courses["C3000"].treatments == (("drug", 120, 400), ("radiation", 40, 80))
    assert courses["C3000"].progressions == (650,)
    assert (shown.n_without, shown.n_undrawn) == (4, 1)
    said = swimmer.alt_text(shown)
    assert "Without a contact, not drawn: 4 cases." in said
    assert "not drawn: 1 mark." in said
    assert "C3000" not in to_svg(swimmer.draw(shown), name="s", provenance=None)


def test_a_cohort_without_any_contact_has_no_swimmer():
    empty = {name: table.head(0) for name, table in tables().items()}
    with pytest.raises(UsageError, match="No case has a day of contact"):
        courses_of(cases(), empty)


def _curve(n_events: int, audience: str) -> roc.Curve:
    rng = np.random.default_rng(1)
    outcome = (np.arange(80) < n_events).astype(float)
    risk = rng.random(80) * 0.6 + 0.3 * outcome
    return roc_of(
        outcome,
        risk,
        label="resected",
        area=0.8,
        interval=(0.7, 0.9),
        audience=audience,  # type: ignore[arg-type]  # of the parameter of the test
        thresholds=(0.02, 0.5),
    )


def test_steps_of_a_curve_hold_five_cases_of_either_kind_where_cases_may_not_be_seen():
    found = np.array(_curve(30, "internal").points) * [50, 30]
    assert len(found) > 3
    assert np.diff(found, axis=0).min() >= 5 - 1e-9
    assert np.diff(np.array(_curve(30, "open").points) * [50, 30], axis=0).min() == 0


def test_a_curve_of_fewer_than_five_events_is_not_drawn():
    curve = _curve(4, "internal")
    assert (curve.points, curve.area) == ((), None)
    shown = roc.Curves("registry", (curve,))
    assert "too few cases to show" in to_svg(roc.draw(shown), name="r", provenance=None)


def test_a_threshold_behind_which_a_count_is_small_is_not_marked():
    assert [t.value for t in _curve(30, "open").thresholds] == [0.02, 0.5]
    assert [t.value for t in _curve(30, "internal").thresholds] == [0.5]


def test_a_small_cell_of_the_matrix_takes_its_complement_with_it():
    shown = matrix_of(
        ["yes"] * 30 + ["no"] * 24,
        ["yes"] * 24 + ["no"] * 6 + ["yes"] * 3 + ["no"] * 21,
        classes=("yes", "no"),
        audience="internal",
        provenance="registry",
    )
    counts = [[str(n) for n in row] for row in shown.counts]
    assert counts == [["hidden", "hidden"], ["<5", "hidden"]]
    assert [str(n) for n in shown.recorded] == ["30", "24"]
    svg = to_svg(confusion_matrix.draw(shown), name="c", provenance=None)
    assert ">21<" not in svg
    assert "88%" not in svg  # 21 of 24
    assert "hidden of 24" in confusion_matrix.alt_text(shown)
