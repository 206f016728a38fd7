"""Described: what the plan asks to be shown of its cases, beside Table 1 and without any model.

Belongs here: which tables are made of which columns.
Does not belong here: the tables (`analyses.describe`, `analyses.associations`,
`analyses.literature`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from analyses import describe
from analyses.associations import associations
from analyses.cohort import labels_of_columns
from analyses.literature import literature
from analyses.plan import Plan
from analyses.resampling import Stage, generator
from analyses.selection import Selected
from analyses.subgroups import NOT_RECORDED, group_values, ordered_groups


def tables_by(plan: Plan, selected: Selected, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Table 1 by every grouping that the plan names.

    Returns
    -------
    list[dict[str, Any]]
        `by`, `label`, `groups` with `group` and `n`, `rows` as `analyses.describe.table_one` gives
        them with the groups in place of the outcome.

    Raises
    ------
    UsageError
        If a column names cases instead of grouping them.
    """
    labels, found = labels_of_columns(), []
    for name in plan.table_one:
        values = group_values(plan, selected.frame[name], key="table_one")
        groups = [group for group in ordered_groups(values) if group != NOT_RECORDED]
        place = {group: float(k) for k, group in enumerate(groups)}
        # those without a group stand in the first column only: a few of them say nothing
        places = np.array([place.get(value, -1.0) for value in values.tolist()])
        shown = [column for column in columns if column != name]
        found.append(
            {
                "by": name,
                "label": labels.get(name, name.replace("_", " ")),
                "groups": [
                    {"group": group, "n": int((places == k).sum())}
                    for k, group in enumerate(groups)
                ],
                "rows": describe.table_one(selected.frame, places, shown, groups),
            }
        )
    return found


def described(
    plan: Plan,
    selected: Selected,
    columns: Sequence[str],
    frame: pl.DataFrame,
    evidence: pl.DataFrame | None,
) -> dict[str, Any]:
    """The entries `associations` (None unless the plan asks for them) and `literature`."""
    table = None
    if plan.associations != "none":
        table = associations(
            selected.frame,
            selected.outcome,
            columns,
            classes=selected.classes,
            is_ordered=selected.is_ordered,
            groups=selected.groups.tolist(),
            rng=generator(plan.resampling.seed, Stage.TABLES),
        )
    return {"associations": table, "literature": literature(plan, selected, frame, evidence)}
