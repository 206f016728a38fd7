"""One small run for every kind of report, with the files that lie beside it.

Belongs here: quick plans on the cohort of `tests.analyses.real_results`, cached for a session.
Does not belong here: runs whose numbers a test looks at.
"""

import copy
from functools import cache
from typing import Any

import polars as pl

from analyses.frozen import describe_model
from analyses.model_files import save
from analyses.plan import parse_plan
from analyses.protocol import run_plan
from analyses.results import to_json
from tests.analyses.real_results import cohort

_PLAN = """
title: Test
data: {{id: case_id, group: patient_id, centre: site_id}}
population: {{provenance: simulated}}
outcome: {outcome}
predictors: [age_years, n_segments, margin, cap_sign]
baseline: [age_years]
resampling: {{outer_folds: 3, inner_folds: 2, repeats: 1, bootstraps: 0, seed: 1}}
{more}
"""
_BINARY = '{kind: binary, column: gross_total_resection, positive: "yes"}'
_TIMES = (
    "{kind: survival, time: pfs_months, event: pfs_end, event_value: progression, "
    "competing_value: death, horizons: [24, 60]}"
)
#: kind -> (outcome, more of the plan, how many cases)
_RUNS: dict[str, tuple[str, str, int]] = {
    "binary": (_BINARY, "subgroups: [age_years]", 260),
    "classes": ("{kind: multiclass, column: histology_group, rest: other}", "", 260),
    "grades": ("{kind: ordinal, column: n_segments}", "", 260),
    "times": (_TIMES, "", 260),
    "seven": (_BINARY, "", 7),
    "nobody": ('{kind: binary, column: functional_decline, positive: "yes"}', "", 260),
}
#: Reports that differ from a run in where its rows come from, or in what its columns are.
_CHANGED = ("confidential", "confidential_seven", "free_table", "features")
KINDS = (*_RUNS, *_CHANGED)


def kind_of_report(kind: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Results of one kind, and the files beside them; a fresh copy."""
    base = {"confidential_seven": "seven"}.get(kind, "binary") if kind in _CHANGED else kind
    results, files = copy.deepcopy(_run(base))
    if kind.startswith("confidential"):
        results["cohort"]["provenance"] = "registry"
    if kind == "free_table":
        results["cohort"]["provenance"] = results["provenance"]["snapshot"] = None
    if kind == "features":
        results["plan"]["predictors"] = {"names": None, "all_except": None, "prefix": ["n_"]}
    return results, files


@cache
def _run(kind: str) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Run the plan once per session."""
    outcome, more, n = _RUNS[kind]
    text = _PLAN.format(outcome=outcome, more=more)
    frame = cohort().head(n)
    if kind == "grades":
        text = text.replace("[age_years, n_segments, margin", "[age_years, margin")
        frame = frame.with_columns(pl.col("n_segments").fill_null(1).clip(1, 4).cast(pl.Int64))
    stamp = {"snapshot": "0f" * 8, "code": "c0" * 32, "lock": "10" * 32}
    run = run_plan(parse_plan(text, name=f"{kind}.yaml"), frame, availability=None, stamp=stamp)
    if run.model is None or run.training is None:
        return run.results, {}
    best = run.results["comparison"]["best"]
    data = save(run.model)
    described = describe_model(
        run.results, name=best, training=run.training, pipeline=run.model, data=data
    )
    return run.results, {"model.json": to_json(described)}
