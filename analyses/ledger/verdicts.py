"""Verdicts: what an estimate may be called under the rules of the ledger.

Belongs here: the order of the rules, Holm's correction, what provenance allows, one verdict of a
claim with several statistics.
Does not belong here: the rules' words and limits (`analyses.claim_rules`), estimates.
No reason names a count: it is shown to readers who may not see every count.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analyses.claim_rules import VERDICT_RULES

LEAST_CASES, LEAST_EVENTS = 10, 5
MOST_HETEROGENEITY = 0.5
SIGNIFICANT = 0.05

TOO_FEW = "Too few cases in the smaller group, or too few events."
NO_ESTIMATE = "No site has what an estimate needs: both groups, with and without an event."
DISAGREE = {
    "sites": "Sites lie on both sides of no effect, by more than chance.",
    "definitions": "Definitions lie on both sides of no effect, by more than chance.",
}
NOT_SIGNIFICANT = "The interval would do, but not p after Holm's correction over all claims tested."
OF_CASE_REPORTS = {
    "V2": "Published cases: a share of them is no rate.",
    "else": "Published cases: they were published for what is unusual about them.",
}
NOT_COMPUTED = "Not computed in this run."
#: What a word rests on; the order is that of the rules.
_BECAUSE = {
    "supported": "The interval is on the claimed side, and the estimate large enough.",
    "contradicted": "The interval is wholly on the other side.",
    "no_relevant_effect": "The interval is wholly inside what is too small to matter.",
    "inconclusive": "The interval leaves more than one answer open.",
}
_ALSO_BY_BOUND = "The interval is wholly on the claimed side of the bound."


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values after Holm's correction, in their order.

    Notes
    -----
    Source: Holm S. Scand J Stat 1979;6:65.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])  # p.adjust(c(.01, .04, .03), "holm")
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda k: p_values[k])
    found, reached = [0.0] * len(p_values), 0.0
    for place, k in enumerate(order):
        reached = max(reached, min(1.0, (len(p_values) - place) * p_values[k]))
        found[k] = reached
    return found


def has_too_few(statistic: Mapping[str, Any]) -> bool:
    """Whether a group or the events are too few to say anything.

    The smaller of two groups, of several the second largest: an odds ratio per step needs two
    steps with cases. Events of an odds ratio are its rarer outcome, whichever is called the event;
    of a share those that have it, of a lead those of both values.
    """
    groups = statistic["groups"]
    sizes = sorted((group["n"] for group in groups), reverse=True)
    if not sizes or sizes[min(1, len(sizes) - 1)] < LEAST_CASES:
        return True
    events = sum(group["events"] or 0 for group in groups)
    if statistic["rule"] == "V3" or groups[0]["events"] is None:
        return False
    if statistic["rule"] in ("V1", "V4"):
        events = min(events, sum(sizes) - events)
    return events < LEAST_EVENTS


def disagreement(statistic: Mapping[str, Any]) -> str | None:
    """Sites or definitions on both sides of no effect with an I2 above one half: which of them."""
    no_effect = _no_effect(statistic)
    for what, name in (("sites", "i2"), ("definitions", "i2_definitions")):
        i2 = statistic[name]
        known = [one["estimate"] for one in statistic[what] if one["estimate"] is not None]
        is_apart = bool(known) and min(known) < no_effect < max(known)
        if is_apart and i2 is not None and i2 > MOST_HETEROGENEITY:
            return what
    return None


def by_rule(statistic: Mapping[str, Any]) -> str:
    """The word of the statistic's own rule, from estimate and interval alone.

    Examples
    --------
    >>> one = {"rule": "V1", "side": ">", "limit": 1.5, "estimate": 1.4, "interval": [1.1, 1.8]}
    >>> by_rule(one), by_rule({**one, "interval": [1.0, 1.49]}), by_rule({**one, "estimate": 1.6})
    ('inconclusive', 'no_relevant_effect', 'supported')
    """
    rule, limit = statistic["rule"], statistic["limit"]
    low, high, estimate = (
        _distance(statistic, value) for value in (*statistic["interval"], statistic["estimate"])
    )
    low, high = min(low, high), max(low, high)
    d = math.log(limit) if rule == "V1" else limit
    is_beyond = rule == "V2" or estimate > d or (rule == "V4" and estimate == d)
    if low > 0 and is_beyond:
        return "supported"
    words = VERDICT_RULES[rule].verdicts
    if high < 0 and "contradicted" in words:
        return "contradicted"
    if "no_relevant_effect" in words and high < d and (rule == "V4" or low > -d):
        return "no_relevant_effect"
    return "inconclusive"


def judge(statistic: dict[str, Any], provenance: str) -> str | None:
    """Set the reason and give the word before what simulated data may say; None: not computed.

    Rules come in their order: too few, disagreement, the statistic's own rule, Holm.
    """
    if statistic["reason"] == NOT_COMPUTED:
        return None
    if statistic["estimate"] is None or has_too_few(statistic):
        instead = TOO_FEW if has_too_few(statistic) else NO_ESTIMATE
        statistic["reason"] = statistic["reason"] or instead
        return "insufficient_data"
    what = disagreement(statistic)
    if what is not None:
        statistic["reason"] = DISAGREE[what]
        return "depends_on_definition_or_site"
    word = by_rule(statistic)
    is_bound = word == "supported" and statistic["rule"] == "V2"
    statistic["reason"] = _ALSO_BY_BOUND if is_bound else _BECAUSE[word]
    p = statistic["p_holm"]
    if word in ("supported", "contradicted") and (p is None or p >= SIGNIFICANT):
        word, statistic["reason"] = "inconclusive", NOT_SIGNIFICANT
    if provenance == "published" and word != "inconclusive":
        word = "inconclusive"
        statistic["reason"] = OF_CASE_REPORTS.get(statistic["rule"], OF_CASE_REPORTS["else"])
    return word


def of_claim(words: Sequence[str | None], reasons: Sequence[str]) -> tuple[str | None, str]:
    """The word that all statistics share that could be tested, and why.

    Examples
    --------
    >>> of_claim(["supported", "insufficient_data"], ["So.", "Few."])
    ('supported', 'So.')
    >>> of_claim(["supported", "contradicted"], ["So.", "Not so."])[0]
    'inconclusive'
    """
    if None in words:
        return None, NOT_COMPUTED
    said = [word for word in words if word is not None]
    tested = [word for word in said if word != "insufficient_data"]
    if not tested:
        return "insufficient_data", reasons[0]
    if len(set(tested)) == 1:
        return tested[0], reasons[said.index(tested[0])]
    named = " and ".join(word.replace("_", " ") for word in dict.fromkeys(tested))
    return "inconclusive", f"Its statistics say different things: {named}."


def as_simulated(word: str | None, reason: str, *, is_put_in: bool) -> tuple[str | None, str]:
    """What simulated data may say in place of a word."""
    if word is None:
        return None, reason
    if word == "supported":
        return "reproduced", reason
    note = "" if is_put_in else " The simulation does not put this in."
    said = "" if word == "insufficient_data" else f"The rule would say {word.replace('_', ' ')}. "
    return "not_reproduced", f"{said}{reason}{note}"


def _no_effect(statistic: Mapping[str, Any]) -> float:
    """The value of no effect, on the page's scale."""
    if statistic["rule"] == "V2":
        return float(statistic["limit"])
    return 1.0 if statistic["rule"] == "V1" else 0.0


def _distance(statistic: Mapping[str, Any], value: float) -> float:
    """How far a value lies on the claimed side; of an odds ratio in logarithms."""
    far = math.log(value) if statistic["rule"] == "V1" else value - _no_effect(statistic)
    return far if statistic["side"] == ">" else -far
