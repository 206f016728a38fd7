"""A claim ledger made up by hand: every rule, every verdict, sites of the first five claims.

Belongs here: documents of `analyses.ledger` for the tests of page, movement and assets.
Does not belong here: real ledgers (tests of `analyses.ledger`).
"""

from typing import Any

from analyses.claim_rules import NOT_TESTABLE, Claim, Statistic
from analyses.claims import CLAIMS
from analyses.ledger.whole import rules_sha256

SNAPSHOT, BEFORE = "0123456789abcdef", "fedcba9876543210"
#: Estimate and interval of each rule.
_NUMBERS: dict[str, tuple[float, list[float]]] = {
    "V1": (4.2, [1.9, 9.4]),
    "V2": (0.873, [0.812, 0.917]),
    "V3": (-0.4, [-1.2, 0.5]),
    "V4": (0.041, [0.004, 0.078]),
}
_WORDS = ("contradicted", "no_relevant_effect", "inconclusive", "insufficient_data", "supported")


def document(provenance: str = "simulated", *, small: int | None = None) -> dict[str, Any]:
    """A ledger with 120 cases in every statistic; `small`: cases of the second group of C05."""
    claims = [_claim(claim, place, provenance) for place, claim in enumerate(CLAIMS)]
    for claim in claims[5:]:  # figures cost time
        for one in claim["statistics"]:
            one["sites"] = []
    if small is not None:
        group = claims[4]["statistics"][0]["groups"][1]
        group.update(n=small, events=0)
        claims[4]["statistics"][0]["groups"][0].update(n=120 - small)
    return {
        "schema": "imsct.claims/1",
        "title": "Claim ledger",
        "name": f"claims-{provenance}",
        "cohort": {"provenance": provenance, "cases": 153},
        "tested": 24,
        "claims": claims,
        "not_testable": list(NOT_TESTABLE),
        "provenance": {
            "snapshot": SNAPSHOT,
            "code": "c0" * 32,
            "lock": "10" * 32,
            "rules": rules_sha256(),
            "versions": {"numpy": "2.0"},
        },
    }


def few(cases: int) -> dict[str, Any]:
    """A ledger of too few cases, of one site: nothing was estimated."""
    made = document()
    made["cohort"]["cases"], made["tested"] = cases, 0
    for claim in made["claims"]:
        claim.update(verdict="insufficient_data", reason="Too few cases.", published=[])
        for one in claim["statistics"]:
            one |= dict.fromkeys(("estimate", "interval", "p", "p_holm", "i2", "method"))
            one |= {"assessable": cases, "not_assessable": 0, "definitions": [], "groups": []}
            one |= {"verdict": "insufficient_data", "reason": "Too few cases.", "sites": []}
            if cases:
                one["sites"] = [_part("site", "SITE_A", None, cases)]
    return made


def _claim(claim: Claim, place: int, provenance: str) -> dict[str, Any]:
    """One claim; the verdicts go round."""
    word = _WORDS[place % len(_WORDS)]
    if provenance == "simulated":
        word = "reproduced" if word == "supported" else "not_reproduced"
    return {
        "id": claim.id,
        "verdict": word,
        "reason": "The interval says so.",
        "statistics": [_statistic(one, word) for one in claim.statistics],
        "beside": [],
        "published": [
            {
                "study": "snu1997",
                "label": "Kim 1997",
                "doubtful": False,
                "estimate": 20.0,
                "interval": [2.0, 200.0],
            }
        ]
        if claim.id == "C05"
        else [],
    }


def _statistic(declared: Statistic, word: str) -> dict[str, Any]:
    """One statistic with two sites."""
    estimate, interval = _NUMBERS[declared.rule]
    made: dict[str, Any] = {
        "name": declared.name,
        "rule": declared.rule,
        "side": declared.side,
        "limit": float(declared.limit),
        "unit": declared.unit,
        "method": "random effects over sites",
        "assessable": 120,
        "not_assessable": 33,
        "groups": [
            {"label": "ependymoma", "n": 70, "events": 50, "median": None},
            {"label": "astrocytic tumours", "n": 50, "events": 20, "median": None},
        ],
        "estimate": estimate,
        "interval": interval,
        "p": 0.001,
        "p_holm": None if word == "insufficient_data" else 0.024,
        "sites": [
            _part("site", "SITE_A", (estimate, interval), 80),
            _part("site", "SITE_B", (estimate, interval), 40),
        ],
        "definitions": [],
        "i2": 0.12,
        "i2_definitions": None,
        "verdict": word,
        "reason": "The interval says so.",
    }
    if declared.rule == "V4":
        made |= {
            "plan": {"name": "C08-1-histology-simulated", "sha256": "ab" * 32},
            "adds": {"to": ["age_years"], "columns": ["enhancement_degree"]},
            "models": [
                {"label": "AUC without", "value": 0.771},
                {"label": "AUC with the added columns", "value": 0.812},
            ],
        }
    return made


def _part(key: str, name: str, told: tuple[float, list[float]] | None, n: int) -> dict[str, Any]:
    """A site or a definition."""
    half = n // 2
    return {
        key: name,
        "n": n,
        "estimate": None if told is None else told[0],
        "interval": None if told is None else told[1],
        "groups": [
            {"label": "ependymoma", "n": half, "events": half // 2, "median": None},
            {"label": "astrocytic tumours", "n": n - half, "events": half // 3, "median": None},
        ],
    }
