"""The document: every claim with its statistics and verdicts, from the frames of a snapshot.

Belongs here: putting rows, estimates, Holm and verdicts together; the claims that the simulation
puts in.
Does not belong here: each of these by itself (the modules beside this one), what may be shown of
it (`analyses.ledger.released`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from scipy.special import expit

from analyses.claim_rules import NOT_TESTABLE, Claim, Statistic
from analyses.claims import CLAIMS
from analyses.ledger.cases import ledger_cases
from analyses.ledger.estimates import Estimates, by_group, lead, medians, odds, share
from analyses.ledger.medians import mid_median
from analyses.ledger.pooled import Stratum, i_squared
from analyses.ledger.questions import BESIDE, QUESTIONS
from analyses.ledger.rows import Lead, Medians, Odds, Question, Rows, Share, rows_of
from analyses.ledger.verdicts import NOT_COMPUTED, as_simulated, has_too_few, holm, judge, of_claim

SCHEMA = "imsct.claims/1"
#: What the simulated registry does not hold by its numbers, or holds by less than the smallest
#: effect that matters (docs/decisions/claim-ledger.md).
NOT_PUT_IN = frozenset({"C11", "C15", "C20", "C23", "C24"})
AddedValue = Mapping[tuple[str, int], Mapping[str, Any]]
_GIVEN = (
    "method",
    "assessable",
    "not_assessable",
    "groups",
    "estimate",
    "interval",
    "p",
    "sites",
    "definitions",
    "i2",
    "i2_definitions",
)


def evaluate_claims(
    frames: Mapping[str, pl.DataFrame], *, provenance: str, added_value: AddedValue
) -> dict[str, Any]:
    """What the cases of one provenance say about every claim.

    Parameters
    ----------
    frames
        Those of `analyses.ledger.FRAMES` by name.
    provenance
        Only its cases count.
    added_value
        Statistics under rule V4, by claim and place (see the package).

    Returns
    -------
    dict[str, Any]
        As the package describes it.
    """
    cases = ledger_cases(frames, provenance=provenance)
    claims = [_claim(claim, cases, added_value) for claim in CLAIMS]
    tested = [
        one
        for claim in claims
        for one in claim["statistics"]
        if one["p"] is not None and not has_too_few(one)
    ]
    for one, p in zip(tested, holm([one["p"] for one in tested]), strict=True):
        one["p_holm"] = p
    for claim in claims:
        _judge(claim, provenance)
    return {
        "schema": SCHEMA,
        "cohort": {"provenance": provenance, "cases": cases.height},
        "tested": len(tested),
        "claims": claims,
        "not_testable": list(NOT_TESTABLE),
    }


def _claim(claim: Claim, cases: pl.DataFrame, added_value: AddedValue) -> dict[str, Any]:
    """A claim with its statistics, not yet judged."""
    questions: Sequence[Question | None] = QUESTIONS.get(claim.id) or [None] * len(claim.statistics)
    found = []
    for place, (statistic, question) in enumerate(zip(claim.statistics, questions, strict=True)):
        if question is not None:
            found.append(_statistic(statistic, question, cases))
        else:
            found.append(_from_outside(statistic, added_value.get((claim.id, place))))
    beside = [_statistic(one, question, cases) for one, question in BESIDE.get(claim.id, ())]
    return {
        "id": claim.id,
        "verdict": None,
        "reason": "",
        "statistics": found,
        "beside": beside,
    }


def _judge(claim: dict[str, Any], provenance: str) -> None:
    """Verdicts of the statistics, then of the claim."""
    statistics, is_put_in = claim["statistics"], claim["id"] not in NOT_PUT_IN
    words = [judge(one, provenance) for one in statistics]
    word, reason = of_claim(words, [one["reason"] for one in statistics])
    if provenance == "simulated":
        word, reason = as_simulated(word, reason, is_put_in=is_put_in)
        for k, one in enumerate(statistics):
            words[k], one["reason"] = as_simulated(words[k], one["reason"], is_put_in=is_put_in)
    claim.update(verdict=word, reason=reason)
    for one, said in zip(statistics, words, strict=True):
        one["verdict"] = said


def _declared(statistic: Statistic) -> dict[str, Any]:
    """A statistic as it is declared, and nothing found."""
    return {
        "name": statistic.name,
        "rule": statistic.rule,
        "side": statistic.side,
        "limit": float(statistic.limit),
        "unit": statistic.unit,
        **dict.fromkeys(_GIVEN),
        "assessable": 0,
        "not_assessable": 0,
        "groups": [],
        "sites": [],
        "definitions": [],
        "p_holm": None,
        "verdict": None,
        "reason": "",
    }


def _from_outside(statistic: Statistic, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A statistic of added value as it was handed in."""
    if given is None:
        return {**_declared(statistic), "reason": NOT_COMPUTED}
    taken = {name: given[name] for name in _GIVEN if name in given}
    return {**_declared(statistic), **taken, "reason": given.get("reason") or ""}


def _statistic(statistic: Statistic, question: Question, cases: pl.DataFrame) -> dict[str, Any]:
    """A statistic computed from the cases."""
    rows = rows_of(question, cases)
    found = _estimates(question, rows, statistic)
    entry = _declared(statistic) | {
        "assessable": rows.n,
        "not_assessable": rows.not_assessable,
        "groups": _groups(question, rows, rows.frame),
        "sites": _sites(question, rows, found.strata),
        "i2": i_squared([(one.value, one.se) for one in found.strata]),
    }
    if isinstance(question, Odds) and question.definition is not None:
        entry |= _definitions(question, rows)
    if found.whole is not None and found.p is not None:
        entry |= {
            "method": f"{found.whole.method}; {found.method}",
            "estimate": _shown(question, found.whole.value),
            "interval": [_shown(question, limit) for limit in found.whole.interval],
            "p": found.p,
        }
    return entry


def _estimates(question: Question, rows: Rows, statistic: Statistic) -> Estimates:
    """The estimates of a kind of question."""
    if isinstance(question, Odds):
        return odds(rows)
    if isinstance(question, Share):
        return share(rows, bound=statistic.limit)
    return lead(rows) if isinstance(question, Lead) else medians(rows)


def _sites(question: Question, rows: Rows, strata: Sequence[Stratum]) -> list[dict[str, Any]]:
    """Every site, or site within a definition, with its cases and what they say."""
    by_name = {(one.site, one.definition): one for one in strata}
    found = []
    for part in rows.frame.partition_by("site", "definition", maintain_order=True):
        site, definition = part["site"][0], part["definition"][0]
        label = site if definition is None else f"{site} ({definition.replace('_', ' ')})"
        found.append({"site": label} | _part(question, rows, part, by_name.get((site, definition))))
    return found


def _definitions(question: Odds, rows: Rows) -> dict[str, Any]:
    """Every definition by itself, over its sites."""
    found, pairs = [], []
    for part in rows.frame.sort("definition").partition_by("definition", maintain_order=True):
        name = part["definition"][0]
        own = Rows(part.sort(part.columns[:4]), rows.labels, 0)
        whole = odds(own).whole
        stratum = None if whole is None else Stratum(name, None, whole.value, whole.se)
        row = _part(question, rows, part, stratum)
        if whole is not None:
            pairs.append((whole.value, whole.se))
            row["interval"] = [_shown(question, limit) for limit in whole.interval]
        found.append({"definition": name.replace("_", " ")} | row)
    return {"definitions": found, "i2_definitions": i_squared(pairs)}


def _part(
    question: Question, rows: Rows, part: pl.DataFrame, stratum: Stratum | None
) -> dict[str, Any]:
    """Cases of a part, its groups, its estimate where it has one."""
    return {
        "n": part.height,
        "estimate": None if stratum is None else _shown(question, stratum.value),
        "interval": None
        if stratum is None
        else [_shown(question, limit) for limit in stratum.interval],
        "groups": _groups(question, rows, part),
    }


def _groups(question: Question, rows: Rows, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Cases and events, or median, of each group; a lead has both its values among all cases."""
    y = frame["y"]
    if isinstance(question, Lead):
        return [
            {"label": label, "n": frame.height, "events": int((y == sign).sum()), "median": None}
            for label, sign in zip(rows.labels, (1, -1), strict=True)
        ]
    if isinstance(question, Medians):
        return [
            {
                "label": label,
                "n": len(values),
                "events": None,
                "median": mid_median(values) if len(values) else None,
            }
            for label, values in zip(rows.labels, by_group(frame), strict=True)
        ]
    parts = [frame.filter(pl.col("group") == k)["y"] for k in range(len(rows.labels))]
    return [
        {"label": label, "n": len(part), "events": int(part.sum()), "median": None}
        for label, part in zip(rows.labels, parts, strict=True)
    ]


def _shown(question: Question, value: float) -> float:
    """A value as it is shown: odds ratio, share, or the difference itself."""
    if isinstance(question, Odds):
        return float(np.exp(value))
    return float(expit(value)) if isinstance(question, Share) else value
