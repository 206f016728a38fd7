"""Movement of the ledger: what differs between two documents of one cohort."""

import copy

from analyses.ledger.movement import movement
from tests.analyses.claims_fixture import BEFORE, document


def test_the_same_ledger_has_not_moved() -> None:
    made = document()
    found = movement(made, made)
    assert found.moved == []
    assert not found.rules_changed
    assert not found.code_changed
    assert not any(s.is_moved for claim in found.claims.values() for s in claim.statistics)


def test_verdicts_come_before_estimates_and_small_moves_are_not_listed() -> None:
    now, then = document(), document()
    then["provenance"]["snapshot"] = BEFORE
    now["claims"][20]["verdict"], then["claims"][20]["verdict"] = "not_reproduced", "reproduced"
    then["claims"][5]["statistics"][0].update(estimate=1.0, interval=[0.5, 2.0])
    then["claims"][6]["statistics"][0].update(estimate=4.1, interval=[1.8, 9.0])
    found = movement(then, now)
    assert found.snapshot == BEFORE
    assert [claim.id for claim in found.moved] == ["C21", "C06"]
    assert found.claims["C21"].verdict == ("reproduced", "not_reproduced")
    assert found.claims["C06"].statistics[0].is_outside is True
    assert found.claims["C07"].statistics[0].is_outside is False
    assert found.claims["C07"].statistics[0].is_moved


def test_an_estimate_that_is_new_or_gone_left_no_interval() -> None:
    now, then = document(), document()
    then["claims"][5]["statistics"][0].update(estimate=None, interval=None)
    now["claims"][6]["statistics"][0].update(estimate=None, interval=None)
    found = movement(then, now)
    assert found.moved == []
    assert found.claims["C06"].statistics[0].estimate == (None, 4.2)
    assert found.claims["C07"].statistics[0].is_moved


def test_a_claim_declared_otherwise_is_known() -> None:
    now, then = document(), document()
    then["claims"][2]["statistics"][0]["limit"] = 0.7
    then["claims"][21]["statistics"] = then["claims"][21]["statistics"][:1]
    then["claims"] = [claim for claim in then["claims"] if claim["id"] != "C24"]
    found = movement(then, now)
    otherwise = [claim.id for claim in found.claims.values() if claim.is_declared_otherwise]
    assert otherwise == ["C03", "C22"]
    assert "C24" not in found.claims


def test_movement_changes_neither_document() -> None:
    now, then = document(), document()
    kept = copy.deepcopy((then, now))
    movement(then, now)
    assert (then, now) == kept
