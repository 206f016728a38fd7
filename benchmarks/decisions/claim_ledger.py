"""Which p the verdicts of the claim ledger should rest on: within sites, or of the pooled estimate.

Belongs here: how often what the simulation holds comes out under each, and how often a claim comes
out that does not hold because types were dealt anew within each site.
Does not belong here: the ledger itself (`analyses.ledger`).
Run: PYTHONPATH=. python benchmarks/decisions/claim_ledger.py [--registries 10] [--cases 400 1000]
"""

import argparse
from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from scipy import stats
from scipy.special import logit

from analyses.ledger import evaluate_claims
from analyses.ledger.document import NOT_PUT_IN
from analyses.ledger.verdicts import has_too_few, holm, judge
from tests.analyses.simulated_frames import simulated_frames

#: Claims that set a sign, or a number, against the type of the tumour.
_OF_TYPES = ("C05", "C06", "C07", "C09", "C10", "C13", "C14", "C15")
_DEALT = ("ependymoma_vs_astrocytoma", "histology", "high_grade")


def statistics(frames: dict[str, pl.DataFrame]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statistic of cases with its claim; called a registry, so that rules use all words."""
    named = pl.lit("registry").alias("provenance")
    registry = {name: frame.with_columns(named) for name, frame in frames.items()}
    document = evaluate_claims(registry, provenance="registry", added_value={})
    for claim in document["claims"]:
        for statistic in claim["statistics"]:
            if statistic["p"] is not None and not has_too_few(statistic):
                yield claim["id"], statistic


def pooled_p(statistic: dict[str, Any]) -> float:
    """The p of a pooled estimate, from its interval; of fewer than three sites the ledger's."""
    k = sum(site["estimate"] is not None for site in statistic["sites"])
    if k < 3:
        return float(statistic["p"])
    is_share = statistic["rule"] == "V2" and statistic["limit"] > 0
    scale = logit if is_share else np.log if statistic["rule"] == "V1" else float
    low, high = (float(scale(limit)) for limit in statistic["interval"])
    no_effect = float(logit(statistic["limit"])) if is_share else 0.0
    t = stats.t.ppf(0.975, k - 1) * abs((low + high) / 2 - no_effect) / ((high - low) / 2)
    return 2 * float(stats.t.sf(t, k - 1))


def dealt_anew(frames: dict[str, pl.DataFrame], seed: int) -> dict[str, pl.DataFrame]:
    """Types dealt anew within each site: no sign goes with a type any more."""
    cases = frames["cases"].sort("site_id", "case_id")
    rng = np.random.default_rng(seed)
    place = np.concatenate(
        [rng.permutation(part["row"].to_numpy()) for part in _by_site(cases)]
    ).tolist()
    dealt = cases.select(_DEALT)[place]
    return {**frames, "cases": cases.with_columns(dealt.get_columns())}


def _by_site(cases: pl.DataFrame) -> list[pl.DataFrame]:
    return cases.with_row_index("row").partition_by("site_id", maintain_order=True)


def supported(found: list[tuple[str, dict[str, Any]]]) -> tuple[set[str], set[str]]:
    """Claims of which a statistic is supported: by the p of the ledger, and by the pooled one."""
    by_ledger = {claim for claim, one in found if one["verdict"] == "supported"}
    adjusted = holm([pooled_p(one) for _, one in found])
    again = [
        (claim, judge({**one, "p_holm": p}, "registry"))
        for (claim, one), p in zip(found, adjusted, strict=True)
    ]
    return by_ledger, {claim for claim, word in again if word == "supported"}


def main() -> None:
    """Print, per number of cases, claims that come out: of those that hold, and of those dealt."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--registries", type=int, default=10)
    parser.add_argument("--cases", type=int, nargs="+", default=[400, 1000])
    given = parser.parse_args()
    print("cases | true: p within sites, pooled p | dealt anew: p within sites, pooled p, of")
    for cases in given.cases:
        counts = np.zeros(4)
        for seed in range(given.registries):
            frames = simulated_frames(cases=cases, seed=100 + seed)
            true = supported([one for one in statistics(frames) if one[0] not in NOT_PUT_IN])
            null = supported([one for one in statistics(dealt_anew(frames, seed))])
            counts[:2] += [len(claims) for claims in true]
            counts[2:] += [len(claims & set(_OF_TYPES)) for claims in null]
        mean = counts[:2] / given.registries
        print(
            f"{cases} | {mean[0]:.1f}, {mean[1]:.1f} of {20 - len(NOT_PUT_IN)} | "
            f"{counts[2]:.0f}, {counts[3]:.0f} of {len(_OF_TYPES) * given.registries}"
        )


if __name__ == "__main__":
    main()
