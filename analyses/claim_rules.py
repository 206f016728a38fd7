"""What a claim of the ledger is, and when data may be said to support or contradict it.

Belongs here: the class of a claim, the words of the verdicts, the rules V1 to V4, and what holds
for all of them.
Does not belong here: the claims (`analyses.claims`), the verdict on a model (`analyses.verdict`).
Source: clinical specification, part (e). Every smallest effect and every bound is an assumption of
the project, named before the data were looked at; none comes from a publication.
"""

from dataclasses import dataclass
from typing import Literal

RuleName = Literal["V1", "V2", "V3", "V4"]

#: Every verdict with what it says to a reader.
VERDICTS: dict[str, str] = {
    "supported": "the data agree with the claim, by more than the smallest effect that matters",
    "contradicted": "the data say the opposite",
    "no_relevant_effect": "whatever effect there is, it is too small to matter",
    "inconclusive": "the interval leaves more than one of these open",
    "insufficient_data": "too few cases or events to say anything",
    "depends_on_definition_or_site": "sites or definitions disagree about the direction",
    "reproduced": "simulated data: what was put into the simulation came out again",
    "not_reproduced": "simulated data: what was put into the simulation did not come out",
}


@dataclass(frozen=True)
class VerdictRule:
    """One rule: the kind of estimate, and the interval each verdict asks for.

    `no_effect` is the value that means no effect; `smallest` the effect from which on it matters,
    missing where each claim names its own.
    """

    estimate: str
    verdicts: dict[str, str]
    no_effect: float | None = None
    smallest: float | None = None


VERDICT_RULES: dict[RuleName, VerdictRule] = {
    "V1": VerdictRule(
        "odds ratio",
        {
            "supported": "interval on the claimed side of 1, and estimate beyond d",
            "contradicted": "interval wholly on the other side of 1",
            "no_relevant_effect": "interval wholly inside 1/d to d",
        },
        no_effect=1,
        smallest=1.5,
    ),
    "V2": VerdictRule(
        "proportion against a bound",
        {
            "supported": "interval wholly on the claimed side of the bound",
            "contradicted": "interval wholly on the other side of the bound",
        },
    ),
    "V3": VerdictRule(
        "difference of means or medians",
        {
            "supported": "interval on the claimed side of 0, and estimate beyond d",
            "contradicted": "interval wholly on the other side of 0",
            "no_relevant_effect": "interval wholly inside -d to d",
        },
        no_effect=0,
    ),
    "V4": VerdictRule(
        "added value: difference of nested cross-validated AUC, same cases and folds",
        {
            "supported": "interval above 0, and estimate at least d",
            "no_relevant_effect": "interval wholly below d",
        },
        no_effect=0,
        smallest=0.02,
    ),
}


@dataclass(frozen=True)
class Statistic:
    """One statistic of a claim, the rule that judges it, and the side that the claim is on.

    `bound` is the bound of V2 and the smallest effect that matters of V3, in `unit`; V1 and V4
    have their own.
    """

    name: str
    rule: RuleName
    side: Literal[">", "<"] = ">"
    bound: float | None = None
    unit: str = ""

    @property
    def limit(self) -> float:
        """The bound, or the smallest effect, that decides."""
        found = VERDICT_RULES[self.rule].smallest if self.bound is None else self.bound
        assert found is not None, "a statistic under V2 or V3 names its bound"
        return found


@dataclass(frozen=True)
class Finding:
    """What one source says about a claim."""

    text: str
    source: str


@dataclass(frozen=True)
class Claim:
    """One claim, in own words, with the statistics that can support or contradict it.

    `columns` are the columns it needs, `measures` its rows of `imaging_measurements`.
    """

    id: str
    statement: str
    columns: tuple[str, ...]
    statistics: tuple[Statistic, ...]
    literature: tuple[Finding, ...]
    caveat: str
    measures: tuple[str, ...] = ()


#: What holds whatever the rule, first to last; the first that applies decides.
FOR_EVERY_RULE = (
    "Estimates are stratified by site, with random effects where there are three sites or more; "
    "intervals are 95 % intervals.",
    "Fewer than 10 cases in the smaller group, or fewer than 5 events: `insufficient_data`.",
    "Estimates of sites or definitions on both sides of no effect, with an I2 above 50 %: "
    "`depends_on_definition_or_site`.",
    "`supported` and `contradicted` also need a p below 0.05 after Holm's correction over all "
    "claims tested. That p asks whether there is no effect at any site; every statistic of a claim "
    "enters by itself, unless it has too few cases.",
    "What no rule decides is `inconclusive`; so is a claim whose statistics say different things. "
    "One with too few cases does not count against the others.",
    "Published cases cannot say more than `inconclusive`: they were published for what is unusual "
    "about them, and a share of them is no rate.",
    "Simulated data can only say `reproduced` or `not_reproduced`: they hold what was put in.",
)

#: What is often said as well and cannot be tested on these data; reports list it as such.
NOT_TESTABLE = (
    "MRI is the cornerstone of the diagnosis.",
    "Early diagnosis matters.",
    "The tumours are rare.",
    "Treatment is tailored to the patient.",
    "What makes the tumour bright on T2.",
    "MRI delineates the tumour precisely.",
    "CT where MRI is contraindicated: such cases are only counted.",
)
