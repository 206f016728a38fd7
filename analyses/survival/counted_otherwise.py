"""Counted otherwise: a time to an event under the other choices that its endpoint allows.

Belongs here: the curve's median and its values at the horizons under each choice a plan names.
Does not belong here: the choices (`analyses.other_choices`), models under them
(`analyses.sensitivity`).
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

from analyses.other_choices import CHOICES, otherwise
from analyses.plan import Plan
from analyses.selection import select
from analyses.survival.describing import describe_survival


def counted_otherwise(
    plan: Plan, frame: pl.DataFrame, availability: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """What is known without a model, under each other choice of the plan that belongs to it.

    Parameters
    ----------
    plan, frame, availability
        As in `analyses.protocol.run_plan`.

    Returns
    -------
    list[dict]
        `name`, `n`, `events`, `median`, `horizons`; empty for outcomes without a time or a choice.
    """
    found: list[dict[str, Any]] = []
    named = plan.sensitivity if plan.outcome.kind == "survival" else ()
    for name in (one for one in named if one in CHOICES):
        other = otherwise(frame, plan.outcome.column, name)
        if other is None:
            continue
        chosen = select(plan, other, availability)
        described, _ = describe_survival(plan, chosen)
        if described is None or not chosen.frame.height:
            continue
        found.append(
            {
                "name": name,
                "n": chosen.frame.height,
                "events": int((chosen.outcome == 1).sum()),
                "median": described["median"],
                "horizons": described["horizons"],
            }
        )
    return found
