"""The page of the claim ledger: everything said once, hidden counts nowhere."""

import copy
import re
from functools import cache
from typing import Any

import pytest

from analyses.claim_rules import VERDICTS
from analyses.claims import CLAIMS
from analyses.numbers import NONE
from analyses.report import render_claims
from analyses.report.claim_words import VERDICT_WORDS
from tests.analyses.claims_fixture import BEFORE, SNAPSHOT, document, few

COHORTS = ("simulated", "published", "registry")


@cache
def _page(cohort: str) -> str:
    """The page of one cohort, drawn once."""
    return render_claims(document(cohort)).decode()


def _text(html: str) -> str:
    """What a reader sees, without tags, style and drawings."""
    plain = re.sub(r"<(style|svg).*?</\1>", " ", html, flags=re.DOTALL)
    plain = plain.replace("&nbsp;", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", plain).split())


def _first_page(html: str) -> str:
    """The summary as text."""
    return _text(html[html.index('<section class="front"') : html.index("<nav")])


def _earlier(made: dict[str, Any]) -> dict[str, Any]:
    """The same ledger on the snapshot before, with fewer cases and another verdict on C01."""
    then = copy.deepcopy(made)
    then["provenance"]["snapshot"] = BEFORE
    then["cohort"]["cases"] = 131
    then["claims"][0]["verdict"] = "inconclusive"
    return then


@pytest.mark.parametrize("cohort", COHORTS)
def test_every_claim_stands_in_the_list_and_has_a_block_of_its_own(cohort: str) -> None:
    html = _page(cohort)
    listed = html[html.index('<table id="verdicts"') : html.index("</table>")]
    for claim in CLAIMS:
        assert listed.count(f'href="#{claim.id.lower()}"') == 1
        assert html.count(f'<h3 id="{claim.id.lower()}">') == 1
        assert html.count(f'id="claim-{claim.id.lower()}"') == 1
        assert claim.statement in _text(listed)
        for finding in claim.literature:
            assert finding.text in _text(html).replace("&#39;", "'").replace("&amp;", "&")


def test_ids_are_unique_and_every_table_has_one() -> None:
    html = _page("simulated")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(re.search(r"\bid=", tag) for tag in re.findall(r"<table[^>]*>", html))
    assert {target for target in re.findall(r'href="#([^"]+)"', html)} <= set(ids)


@pytest.mark.parametrize(
    ("cohort", "said"),
    [
        ("simulated", "whether what the simulation put in comes out again, and nothing about"),
        ("published", "A share of them is no rate"),
        ("registry", "among the many claims tested"),
    ],
)
def test_the_first_page_says_what_the_cohort_can_bear(cohort: str, said: str) -> None:
    html = _page(cohort)
    assert f'<body class="{cohort}">' in html
    first = _first_page(html)
    assert said in first
    assert "153" in first
    assert "first snapshot with a ledger" in first


def test_verdicts_are_counted_and_never_told_by_colour_alone() -> None:
    first = _first_page(_page("registry"))
    assert (
        "Of 24 claims: 4 supported, 5 contradicted, 5 without relevant effect, "
        "5 inconclusive, 5 with too few data." in first
    )
    shapes = [(word.shape, word.look) for word in VERDICT_WORDS.values()]
    assert len({shape for shape, _ in shapes}) == len({look for _, look in shapes})
    assert set(VERDICTS) == set(VERDICT_WORDS) - {None}


@pytest.mark.parametrize("cases", [0, 7])
def test_too_few_cases_are_said_on_the_first_page(cases: int) -> None:
    html = render_claims(few(cases)).decode()
    first = _first_page(html)
    wanted = "Too few cases to test any claim" if cases else "No case: no claim could be tested"
    assert wanted in first
    assert re.search(r"of 24 claims could be tested 0 ", first)
    assert first.count("Too few data") == len(CLAIMS)
    assert "<svg" not in html


def test_a_claim_without_enough_cases_beside_others_is_not_called_tested() -> None:
    made = document("registry")
    for one in made["claims"][4]["statistics"]:
        one["p_holm"] = None
    assert "of 24 claims could be tested 19 " in _first_page(_page("registry"))
    assert "of 24 claims could be tested 18 " in _first_page(render_claims(made).decode())


def test_an_estimate_of_too_few_cases_is_neither_listed_nor_drawn() -> None:
    """It would look like a finding; it stands in the claim's own table."""
    html = _page("registry")
    listed = html[html.index('<table id="verdicts"') : html.index("</table>")]
    row = next(line for line in listed.splitlines() if 'href="#c14"' in line)
    assert f"Too few data {NONE}" in _text(row)
    assert "C14 " not in html[html.index('id="together"') : html.index('id="each"')]
    assert "4.2" in _text(html[html.index('id="claim-c14"') : html.index('<h3 id="c15">')])


def test_movement_since_the_last_snapshot_is_told_first() -> None:
    now = document("registry")
    html = render_claims(now, before=_earlier(now)).decode()
    first = _first_page(html)
    assert "Moved since the last snapshot C01" in first
    assert "○ Inconclusive → became ▼ Contradicted" in first
    assert re.search(rf"verdicts moved 1 since snapshot {BEFORE}", first)
    assert "131 cases then, 153 now. 1 of 24 verdicts is another now." in _text(html)
    assert "Rules changed" not in html


def test_an_estimate_that_left_its_interval_is_told_and_rules_that_changed_too() -> None:
    now = document("published")
    then = _earlier(now)
    then["provenance"]["rules"] = "0" * 64
    then["claims"][9]["statistics"][0].update(estimate=1.2, interval=[0.7, 2.1])
    text = _text(render_claims(now, before=then).decode())
    assert "Rules changed too:" in text
    assert "as before, but an estimate left its interval" in text
    assert "odds ratio 1.2, then odds ratio 4.2, outside the interval of then" in text


def test_one_patient_more_is_not_told_by_two_numbers_side_by_side() -> None:
    """Attack: the share of then, the share of now and one case more give that patient's sign."""
    now = document("registry")
    then = _earlier(now)
    then["cohort"]["cases"] = 152
    then["claims"][2]["statistics"][0].update(estimate=0.834, interval=[0.7, 0.86])
    text = _text(render_claims(now, before=then).decode())
    assert "153 cases now; then fewer than five more or fewer." in text
    assert "152" not in text
    assert "83%" not in text
    assert "the numbers of then are not told" in text
    open_text = _text(
        render_claims(
            {**now, "cohort": {**now["cohort"], "provenance": "published"}},
            before={**then, "cohort": {**then["cohort"], "provenance": "published"}},
        ).decode()
    )
    assert "152 cases then, 153 now." in open_text


@pytest.mark.parametrize("hidden", [3, 4])
def test_hidden_counts_of_a_registry_cohort_stand_nowhere(hidden: int) -> None:
    """What rests on a hidden count goes too: the estimate, the models, the figure."""
    html = render_claims(document("registry", small=hidden)).decode()
    block = html[html.index('<h3 id="c05">') : html.index('<h3 id="c06">')]
    row = _text(block[block.index('class="top"') :])
    assert "withheld" in row
    assert "&lt;5" in block
    text = _text(html)
    assert not re.search(rf"astrocytic tumours 0 of {hidden}\b|\b{120 - hidden}\b", text)
    assert "figure-c05" not in html
    listed = _text(html[html.index('<table id="verdicts"') : html.index("</table>")])
    assert re.search(r"C05 [^0-9]*withheld 120 cases", listed)
    assert "odds ratio 4.2" in listed


def test_one_released_page_does_not_change_the_document() -> None:
    made = document("registry", small=3)
    kept = copy.deepcopy(made)
    render_claims(made, before=made)
    assert made == kept


def test_the_page_needs_nothing_from_elsewhere_and_is_small() -> None:
    html = _page("simulated")
    assert len(html) < 1_000_000
    assert "<script" not in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert SNAPSHOT in html
