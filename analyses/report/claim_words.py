"""Words of the claim ledger: verdicts with their shapes, estimates and groups as text.

Belongs here: fixed sentences, and the one way from a statistic to what is read.
Does not belong here: what a verdict is (`analyses.claim_rules`), order of the page
(`analyses.report.claims`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyses import numbers
from analyses.claim_rules import VERDICT_RULES
from analyses.claims import CLAIMS
from analyses.report import words

Statistic = Mapping[str, Any]


@dataclass(frozen=True)
class VerdictWord:
    """A verdict as read: word, shape in front of it, what follows a number of claims, its look."""

    word: str
    shape: str
    many: str
    look: str


#: In the order of the page: what data decided comes first.
VERDICT_WORDS: dict[str | None, VerdictWord] = {
    "supported": VerdictWord("Supported", "●", "supported", "yes"),
    "reproduced": VerdictWord("Reproduced", "●", "reproduced", "yes"),
    "contradicted": VerdictWord("Contradicted", "▼", "contradicted", "no"),
    "not_reproduced": VerdictWord("Not reproduced", "○", "not reproduced", "open"),
    "depends_on_definition_or_site": VerdictWord(
        "Depends on site or definition", "◆", "depending on site or definition", "split"
    ),
    "no_relevant_effect": VerdictWord("No relevant effect", "■", "without relevant effect", "none"),
    "inconclusive": VerdictWord("Inconclusive", "○", "inconclusive", "open"),
    "insufficient_data": VerdictWord("Too few data", numbers.NONE, "with too few data", "few"),
    None: VerdictWord("Not computed", numbers.NONE, "not computed", "few"),
}
ORDER = tuple(VERDICT_WORDS)

#: What the ledger of a cohort can say at all.
MEANING = {
    "simulated": "These patients do not exist. The ledger shows whether what the simulation put in "
    "comes out again, and nothing about tumours. “Not reproduced” also stands where cases are too "
    "few or the simulation does not put a claim in; the claim itself says which.",
    "published": "Case reports are printed because they are unusual, and name the signs that were "
    "seen. A share of them is no rate, and a difference between them may be one of what gets "
    "printed.",
    "registry": "Each claim was held against the cases of this snapshot. A claim is supported or "
    "contradicted only where the interval lies on one side and the result is no play of chance "
    "among the many claims tested.",
}
WITHHELD = " Withheld: an estimate that would tell a count of 1 to 4."
NOBODY = "No case of this cohort is in the snapshot, so no claim could be tested."
TOO_FEW = "Too few cases to test any claim."
FIRST = "This is the first snapshot of this cohort with a ledger: there is nothing to compare with."


def headline(verdicts: Sequence[str | None], *, cases: object, tested: int) -> str:
    """The verdicts in a sentence.

    Examples
    --------
    >>> headline(["supported", "inconclusive", "supported"], cases=90, tested=3)
    'Of 3 claims: 2 supported, 1 inconclusive.'
    >>> headline(["insufficient_data"], cases=7, tested=0)
    'Too few cases to test any claim.'
    >>> headline(["insufficient_data"], cases=0, tested=0)
    'No case: no claim could be tested.'
    """
    if cases == 0:
        return "No case: no claim could be tested."
    if tested == 0:
        return TOO_FEW
    found = [
        f"{verdicts.count(verdict)} {VERDICT_WORDS[verdict].many}"
        for verdict in ORDER
        if verdict in verdicts
    ]
    return f"Of {len(verdicts)} claims: {', '.join(found)}."


def estimate_of(statistic: Statistic, estimate: float | None) -> str:
    """An estimate in the form of its rule, with what it is.

    Examples
    --------
    >>> one = {"rule": "V1", "limit": 1.5, "unit": "", "name": "odds ratio, a v b"}
    >>> estimate_of(one, 12.14)
    'odds ratio 12'
    >>> estimate_of({"rule": "V2", "limit": 0.8, "unit": "", "name": "share of a"}, 0.834)
    '83%'
    >>> estimate_of({"rule": "V2", "limit": 0, "unit": "", "name": "share"}, 0.161)
    '+16 points'
    >>> estimate_of({"rule": "V3", "limit": 1, "unit": "level", "name": "median"}, -0.5)
    '\N{MINUS SIGN}0.5 levels'
    >>> estimate_of({"rule": "V4", "limit": 0.02, "unit": "", "name": "C for time"}, 0.0458)
    'C +0.046'
    """
    if estimate is None:
        return numbers.NONE
    said = _value(statistic, estimate)
    if statistic["rule"] == "V1":
        return f"odds ratio {said}"
    if statistic["rule"] == "V2":
        return f"{said} points" if statistic["limit"] == 0 else f"{said}%"
    if statistic["rule"] == "V3":
        return f"{said} {_unit(statistic)}".rstrip()
    return f"{area(statistic)} {said}"


def interval_of(statistic: Statistic, limits: Sequence[float] | None) -> str:
    """An interval in the form of its rule; empty where there is none."""
    if limits is None:
        return ""
    low, high = (_value(statistic, limit) for limit in limits)
    percent = "%" if statistic["rule"] == "V2" and statistic["limit"] != 0 else ""
    return f"{low} to {high}{percent}"


def bare_of(statistic: Statistic, estimate: float | None) -> str:
    """An estimate under the name of its statistic: an odds ratio need not be called one again."""
    said = estimate_of(statistic, estimate)
    return said.removeprefix("odds ratio ").removeprefix(f"{area(statistic)} ")


def short_of(statistic: Statistic, estimate: float, limits: Sequence[float]) -> str:
    """Estimate and interval beside a mark of a figure, on two lines."""
    percent = "%" if statistic["rule"] == "V2" and statistic["limit"] != 0 else ""
    low, high = (_value(statistic, limit) for limit in limits)
    return f"{_value(statistic, estimate)}{percent}\n({low} to {high})"


def area(statistic: Statistic) -> str:
    """AUC or C, as the name of a statistic under V4 begins."""
    return "C" if str(statistic["name"]).startswith("C ") else "AUC"


def _unit(statistic: Statistic) -> str:
    """The unit as printed."""
    return {"1e-6 mm2/s": "\N{MULTIPLICATION SIGN} 10⁻⁶ mm²/s", "level": "levels"}.get(
        statistic["unit"], str(statistic["unit"])
    )


def _value(statistic: Statistic, value: float) -> str:
    """One number in the form of its rule."""
    if statistic["rule"] == "V1":
        return f"{value:.0f}" if value >= 100 else f"{value:.2g}"
    if statistic["rule"] == "V2":  # a difference of shares cannot pass 100, its interval may
        return _signed(100 * min(max(value, -1.0), 1.0), 0, sign=statistic["limit"] == 0)
    if statistic["rule"] == "V3":
        return _signed(value, 0 if abs(statistic["limit"]) >= 100 else 1, sign=True)
    return _signed(value, 3, sign=True)


def _signed(value: float, digits: int, *, sign: bool) -> str:
    """A number with its sign where a difference is meant; 0 has none."""
    said = numbers.number(value, digits=digits)
    return f"+{said}" if sign and float(said.replace(numbers.MINUS, "-")) > 0 else said


def decides(statistic: Statistic) -> str:
    """What the statistic is held against, in a sentence.

    Examples
    --------
    >>> decides({"rule": "V1", "side": ">", "limit": 1.5, "unit": ""})
    'Claimed: above 1. From 1.5 on it matters.'
    >>> decides({"rule": "V2", "side": ">", "limit": 0.8, "unit": ""})
    'Claimed: above 80%.'
    """
    above, limit = statistic["side"] == ">", statistic["limit"]
    side = "above" if above else "below"
    if statistic["rule"] == "V2":
        return f"Claimed: {side} {'0 points' if limit == 0 else f'{100 * limit:.0f}%'}."
    if statistic["rule"] == "V1":
        return f"Claimed: {side} 1. From {f'{limit:g}' if above else f'1/{limit:g}'} on it matters."
    none = VERDICT_RULES[statistic["rule"]].no_effect
    unit = f" {_unit(statistic)}" if statistic["unit"] else ""
    smallest = numbers.brief(limit if above else -limit)
    return f"Claimed: {side} {none:g}. From {smallest}{unit} on it matters."


def groups_of(groups: Sequence[Mapping[str, Any]], unit: str = "") -> str:
    """Groups of a statistic in words; counts as released.

    Examples
    --------
    >>> groups_of([{"label": "ependymoma", "n": 120, "events": 95, "median": None}])
    'ependymoma 95 of 120'
    >>> groups_of([{"label": "high grade", "n": 31, "events": None, "median": 905.2}])
    'high grade: median 905 (n 31)'
    """
    found = []
    for group in groups:
        label = words.level(group["label"])
        if group.get("events") is not None:
            found.append(f"{label} {group['events']} of {group['n']}")
        elif group.get("median") is not None:
            middle = numbers.typical(group["median"])
            found.append(f"{label}: median {middle} (n {group['n']})")
        else:
            found.append(f"{label} {group['n']}")
    return "; ".join(found)


def probability(p: float | None) -> str:
    """A p-value as read.

    Examples
    --------
    >>> probability(0.0312), probability(0.00001), probability(0.96)
    ('0.031', '<0.001', '0.96')
    """
    if p is None:
        return numbers.NONE
    if p < 0.001:
        return "<0.001"
    return f"{p:.2g}" if p < 0.995 else "1"


def statement(claim: str) -> str:
    """A claim in words, by its id."""
    return next(c.statement for c in CLAIMS if c.id == claim)


def in_words(sentence: str) -> str:
    """A sentence with its verdicts as the page writes them.

    Examples
    --------
    >>> in_words("Too few: `insufficient_data`.")
    'Too few: “Too few data”.'
    """
    for name, verdict in VERDICT_WORDS.items():
        sentence = sentence.replace(f"`{name}`", f"“{verdict.word}”")
    return sentence


def sentence(text: str) -> str:
    """A text with a capital letter and a full stop; nothing stays nothing.

    Examples
    --------
    >>> sentence("random effects"), sentence("So."), sentence("")
    ('Random effects.', 'So.', '')
    """
    said = text.strip().removesuffix(".")
    return f"{said[:1].upper()}{said[1:]}." if said else ""
