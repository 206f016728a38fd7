"""The whole ledger: all statistics of one cohort, what was published, and what it rests on.

Belongs here: putting the parts together, the hash of the claims and their rules.
Does not belong here: statistics and verdicts (`analyses.ledger.document`), files (`assets.claims`).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analyses.claim_rules import FOR_EVERY_RULE, VERDICT_RULES, VERDICTS
from analyses.claims import CLAIMS
from analyses.ledger.added_value import added_values
from analyses.ledger.document import evaluate_claims
from analyses.literature import published_rows
from analyses.protocol import versions
from schemas.evidence import SIGNS

#: The published tables of a claim, by the sign whose tables they are. Only tables that compare
#: what the claim compares are here; what else was printed stands in words with the claim.
PUBLISHED_SIGNS = {
    "C05": "margin",
    "C06": "enhancement_pattern",
    "C13": "syrinx",
    "C14": "haemorrhage",
}


#: What a statistic of added value has beyond the others.
_OWN = ("plan", "adds", "models")


def whole_ledger(
    frames: Mapping[str, pl.DataFrame],
    *,
    provenance: str,
    availability: Mapping[str, str],
    evidence: pl.DataFrame,
    stamp: Mapping[str, str | None],
    processes: int = 1,
) -> dict[str, Any]:
    """The whole ledger of one cohort.

    Parameters
    ----------
    frames
        As `analyses.ledger.evaluate_claims` wants them.
    provenance
        The cohort.
    availability
        When each column becomes known.
    evidence
        `reference.published_counts`.
    stamp
        `snapshot`, `code` and `lock`.
    processes
        Processes that share the folds of rule V4; the ledger does not depend on it.

    Returns
    -------
    dict
        As `analyses.ledger` says. Beside that each claim has `published` (`study`, `label`,
        `doubtful`, `estimate` and `interval` of an odds ratio), a statistic under V4 has `plan`,
        `adds` and `models`, and there are `title`, `name` and `provenance`, with `rules`, the hash
        of claims and rules.
    """
    added = added_values(
        frames["cases"], provenance=provenance, availability=availability, processes=processes
    )
    document = evaluate_claims(frames, provenance=provenance, added_value=added)
    for claim in document["claims"]:
        for place, statistic in enumerate(claim["statistics"]):
            given = added.get((claim["id"], place), {})
            statistic |= {key: given[key] for key in _OWN if key in given}
        claim["published"] = published_ratios(claim["id"], evidence)
    return document | {
        "title": "Claim ledger",
        "name": f"claims-{provenance}",
        "provenance": {
            **{key: stamp.get(key) for key in ("snapshot", "code", "lock")},
            "rules": rules_sha256(),
            "versions": versions(),
        },
    }


def published_ratios(claim: str, evidence: pl.DataFrame) -> list[dict[str, Any]]:
    """Odds ratios of the published tables that compare what a claim compares."""
    column = PUBLISHED_SIGNS.get(claim)
    signs = [sign for sign in SIGNS if sign.column == column]
    rows = [row for sign in signs for row in published_rows(sign, evidence)]
    return [
        {
            **{key: row[key] for key in ("study", "label", "doubtful")},
            "estimate": round(float(np.exp(row["estimate"])), 10),
            "interval": [round(float(np.exp(limit)), 10) for limit in row["interval"]],
        }
        for row in rows
        if row["estimate"] is not None
    ]


def rules_sha256() -> str:
    """SHA-256 over the claims and the rules of their verdicts, as the code declares them."""
    text = "\n".join(
        [*(repr(claim) for claim in CLAIMS), repr(VERDICT_RULES), repr(VERDICTS), *FOR_EVERY_RULE]
    )
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
