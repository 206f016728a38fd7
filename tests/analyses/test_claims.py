"""The claim ledger: every claim can be looked up, computed and judged by what it names."""

import re
from pathlib import Path

import pytest

from analyses.claim_rules import NOT_TESTABLE, VERDICT_RULES, VERDICTS, Claim, Statistic
from analyses.claims import CLAIMS
from schemas.measures import MEASURES
from schemas.tables import BY_NAME

SOURCES = Path(__file__).parents[2] / "assets" / "data" / "evidence" / "SOURCES.md"
EACH = pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)


def test_the_claims_are_numbered_without_a_gap() -> None:
    assert [claim.id for claim in CLAIMS] == [f"C{number:02}" for number in range(1, 25)]
    assert len({claim.statement for claim in CLAIMS}) == len(CLAIMS)


@EACH
def test_what_a_claim_names_is_in_the_dictionary(claim: Claim) -> None:
    for place in claim.columns:
        table, column = place.split(".")
        assert column in BY_NAME[table].names, place
    assert set(claim.measures) <= {measure.name for measure in MEASURES}
    assert claim.columns


@EACH
def test_a_claim_is_one_sentence_and_says_what_limits_it(claim: Claim) -> None:
    assert re.fullmatch(r"[A-Z][^.]*\.", claim.statement)
    assert claim.caveat.endswith(".")
    assert claim.statistics


@EACH
def test_every_finding_has_a_source_that_can_be_found(claim: Claim) -> None:
    labels = set(re.findall(r"^\| ([a-z]+[0-9]{4}) \|", SOURCES.read_text("utf-8"), re.MULTILINE))
    assert "endo2022" in labels
    for finding in claim.literature:
        assert finding.text
        if re.fullmatch("[a-z]+[0-9]{4}", finding.source):
            assert finding.source in labels
        else:
            assert re.search("[0-9:]|unconfirmed|wiki", finding.source)
    if not claim.literature:
        assert re.search("[Nn]o (counts|numbers)", claim.caveat)


@EACH
def test_only_the_rules_without_a_limit_take_one_from_the_claim(claim: Claim) -> None:
    for statistic in claim.statistics:
        assert (statistic.bound is None) == (VERDICT_RULES[statistic.rule].smallest is not None)
        assert statistic.limit >= 0


def test_the_limits_are_those_of_the_specification() -> None:
    assert Statistic("any", "V1").limit == 1.5
    assert Statistic("any", "V4").limit == 0.02
    own = {(c.id, s.rule): s.limit for c in CLAIMS for s in c.statistics if s.rule in ("V2", "V3")}
    assert own == {
        ("C01", "V2"): 0, ("C02", "V2"): 0, ("C03", "V2"): 0.80, ("C04", "V2"): 0.70,
        ("C12", "V2"): 0.80, ("C15", "V3"): 1, ("C17", "V3"): 150, ("C18", "V3"): 0.5,
        ("C20", "V2"): 0,
    }  # fmt: skip
    assert {c.id for c in CLAIMS for s in c.statistics if s.side == "<"} == {"C17", "C23"}


def test_a_statistic_without_its_bound_is_noticed() -> None:
    with pytest.raises(AssertionError, match="names its bound"):
        _ = Statistic("share", "V2").limit


def test_every_verdict_of_a_rule_is_a_word_of_the_ledger() -> None:
    for rule in VERDICT_RULES.values():
        assert set(rule.verdicts) < set(VERDICTS)
        assert "supported" in rule.verdicts
    assert NOT_TESTABLE
