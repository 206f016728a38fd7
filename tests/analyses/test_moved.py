"""Moved numbers of two results documents, and their page."""

import copy

from analyses.ledger.movement import movement
from analyses.moved import Moved, moved_numbers
from analyses.report import TableCounts, render_difference
from tests.analyses.claims_fixture import document
from tests.analyses.real_results import real


def test_the_same_results_move_nothing() -> None:
    assert moved_numbers(real("centres"), real("centres"), plan="p") == []


def test_a_number_is_held_against_the_interval_before() -> None:
    old, new = real("centres"), real("centres")
    auc = old["models"][0]["performance"]["nested_cv"]["auc"]
    later = new["models"][0]["performance"]["nested_cv"]
    later["auc"] = copy.deepcopy(auc) | {"estimate": auc["interval"][1] + 0.01}
    later["brier"]["estimate"] += 1e-6
    found = {one.what: one for one in moved_numbers(old, new, plan="p")}
    assert set(found) == {"nested_cv auc", "nested_cv brier"}
    assert found["nested_cv auc"].is_outside is True
    assert found["nested_cv brier"].is_outside is False
    assert abs(found["nested_cv brier"].difference - 1e-6) < 1e-12


def test_a_model_that_is_new_has_no_number_before() -> None:
    old, new = real("centres"), real("centres")
    gone = old["models"].pop()
    found = moved_numbers(old, new, plan="p")
    assert {one.model for one in found} == {gone["name"]}
    assert all(one.before is None and one.is_outside is None for one in found)


def test_the_page_hides_small_counts_and_escapes_names() -> None:
    page = render_difference(
        before="a" * 16,
        after="b" * 16,
        cases={"added": 3, "corrected": 40, "gone": 0},
        tables=[TableCounts("core.cases", 3, 0, 40, {"age_years": 38, "<i>": 2})],
        moved=[Moved("plan", "ridge", "nested_cv auc", 0.71, 0.8, (0.6, 0.75))],
    ).decode()
    assert "&lt;5 added, 40 corrected, 0 gone." in page
    assert "<i>" not in page
    assert "outside" in page
    assert "http" not in page.replace("http-equiv", "")


def test_claims_that_moved_stand_on_the_page() -> None:
    then = document("published")
    then["claims"][7]["verdict"] = "supported"
    moved = movement(then, document("published")).moved
    page = render_difference(
        before="a" * 16,
        after="b" * 16,
        cases={"added": 0, "corrected": 0, "gone": 0},
        tables=[],
        moved=[],
        claims=[("published", claim) for claim in moved],
    ).decode()
    row = next(line for line in page.splitlines() if "C08 The pattern of enhancement" in line)
    assert "Published case reports" in row
    assert row.index("● Supported") < row.index("○ Inconclusive")
    assert "C09" not in page
