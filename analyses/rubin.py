"""Rubin's rules: estimates from several completed tables as one, with what is missing counted in.

Belongs here: pooling of estimates and variances, or of rows of terms, its degrees of freedom, how
many completed tables it takes.
Does not belong here: filling tables (`analyses.chained`), fitting them (`analyses.inference`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

Floats = NDArray[np.float64]

#: Fewest completed tables behind an inference table (statistics.md, section 5).
LEAST_TABLES = 20


@dataclass(frozen=True)
class Pooled:
    """Pooled estimates of k terms; every array has shape (k,).

    `error` is the standard error, `df` Barnard and Rubin's degrees of freedom, `low` and `high` the
    95 % limits, `riv` the relative increase in variance and `fmi` the fraction of information that
    is missing.
    """

    estimate: Floats
    error: Floats
    df: Floats
    low: Floats
    high: Floats
    riv: Floats
    fmi: Floats


def pool_fits(
    estimates: Sequence[Floats], variances: Sequence[Floats], *, freedom: float
) -> Pooled:
    """Pool the fits of m completed tables by Rubin's rules.

    Parameters
    ----------
    estimates, variances
        Of each table the estimates of k terms, on a scale on which they are normal (log odds, log
        hazards, the logit of an AUC), and their squared standard errors. At least two tables.
    freedom
        Degrees of freedom if nothing were missing: rows minus parameters; of a Cox model events
        minus parameters.

    Notes
    -----
    Source: Rubin DB. Multiple imputation for nonresponse in surveys, 1987; Barnard J, Rubin DB.
    Biometrika 1999;86:948. doi:10.1093/biomet/86.4.948. As `mice::pool` of R.

    Examples
    --------
    >>> found = pool_fits([np.array([1.0]), np.array([3.0])], [np.ones(1)] * 2, freedom=50)
    >>> found.estimate.tolist(), found.error.round(4).tolist(), found.df.round(2).tolist()
    ([2.0], [2.0], [1.55])
    """
    found, m = np.array(estimates), len(estimates)
    within, between = np.mean(variances, axis=0), found.var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    observed = (freedom + 1) / (freedom + 3) * freedom * (1 - share)
    with np.errstate(divide="ignore"):  # nothing differs between the tables: no bound from m
        by_tables = (m - 1) / share**2
    df = 1 / (1 / by_tables + 1 / observed)
    riv = share / (1 - share)
    error, centre = np.sqrt(total), found.mean(axis=0)
    reach = t.ppf(0.975, df) * error
    return Pooled(
        estimate=centre,
        error=error,
        df=df,
        low=centre - reach,
        high=centre + reach,
        riv=riv,
        fmi=(riv + 2 / (df + 3)) / (1 + riv),
    )


def pool_rows(
    fits: Sequence[Sequence[Mapping[str, Any]]],
    alone: Sequence[Mapping[str, Any]],
    *,
    freedom: float,
) -> list[dict[str, Any]]:
    """Rows of the same terms from several completed tables as one row each.

    Parameters
    ----------
    fits
        The rows of each table, in one order: `estimate`, `se`, `interval`, and what names the term.
    alone
        The rows of the complete cases; a term that is not among them has None beside it.
    freedom
        As of `pool_fits`.

    Returns
    -------
    list[dict[str, Any]]
        The rows with `df`, `fmi` and `complete_case`; `p` is of t where the rows have one.

    Examples
    --------
    >>> row = {"term": "age", "se": 1.0, "interval": [0.0, 1.0]}
    >>> found = pool_rows([[row | {"estimate": e}] for e in (1.0, 3.0)], [], freedom=50)
    >>> found[0]["estimate"], found[0]["se"], found[0]["complete_case"]
    (2.0, 2.0, None)
    """
    found = pool_fits(
        [np.array([row["estimate"] for row in rows]) for rows in fits],
        [np.array([row["se"] for row in rows]) ** 2 for rows in fits],
        freedom=freedom,
    )
    beside = {
        (row["term"], row.get("class")): {key: row[key] for key in ("estimate", "interval")}
        for row in alone
    }
    pooled = []
    for k, row in enumerate(fits[0]):
        estimate, error, df = (float(x[k]) for x in (found.estimate, found.error, found.df))
        told = {"p": float(2 * t.sf(abs(estimate) / error, df))} if "p" in row else {}
        pooled.append(
            {
                **row,
                "estimate": estimate,
                "se": error,
                "interval": [float(found.low[k]), float(found.high[k])],
                **told,
                "df": df,
                "fmi": float(found.fmi[k]),
                "complete_case": beside.get((row["term"], row.get("class"))),
            }
        )
    return pooled


def tables_needed(n_incomplete: int, n: int) -> int:
    """How many completed tables: the percentage of incomplete rows, at least twenty.

    Notes
    -----
    Source: White IR, Royston P, Wood AM. Stat Med 2011;30:377. doi:10.1002/sim.4067

    Examples
    --------
    >>> tables_needed(5, 100), tables_needed(101, 200)
    (20, 51)
    """
    return max(LEAST_TABLES, int(np.ceil(100 * n_incomplete / n)))
