"""Results: the plans of the line and the claims on every cohort of the snapshot, each by itself.

Belongs here: one asset per plan and cohort, and one per cohort for the claims; files named by the
snapshot that they rest on.
Does not belong here: plans, statistics, reports (`analyses`).
"""

import dagster as dg

from analyses.plan import Plan, shipped_plans
from assets.context import Line

#: The plans that every run answers; the others are run by hand, when they are wanted.
ON_THE_LINE = ("functional_decline", "gross_total_resection", "histology")
#: Cohorts that a home may hold; simulated rows are never analysed with others.
COHORTS = ("simulated", "published", "registry")


def _results_asset(plan: Plan, cohort: str) -> dg.AssetsDefinition:
    """The asset of one plan on one cohort."""
    effective = plan.for_cohort(cohort)

    @dg.asset(
        key=["results", effective.name.replace("-", "_")],
        deps=[["analysis", "cases"], ["analysis", "columns"], ["reference", "published_counts"]],
        group_name="results",
        description=f"{effective.title}, on the {cohort} cases: results, model, report.",
        kinds={"scikitlearn"},
    )
    def results(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
        # Here, not above: scikit-learn and matplotlib take longer to import than all of Dagster,
        # and a daemon loads the definitions anew every minute.
        from assets.analysing import analyse_cohort

        return dg.MaterializeResult(metadata=analyse_cohort(line, effective))

    return results


def _claims_asset(cohort: str) -> dg.AssetsDefinition:
    """The asset of the claims on one cohort."""

    @dg.asset(
        key=["results", f"claims_{cohort}"],
        deps=[["analysis", "cases"], ["analysis", "columns"], ["reference", "published_counts"]],
        group_name="results",
        description=f"The claim ledger on the {cohort} cases: document, report.",
        kinds={"scikitlearn"},
    )
    def claims(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
        from assets.claims import hold_claims  # imports scikit-learn: see above

        return dg.MaterializeResult(metadata=hold_claims(line, cohort))

    return claims


results_assets = [
    _results_asset(plan, cohort)
    for name, plan in sorted(shipped_plans().items())
    if name in ON_THE_LINE
    for cohort in COHORTS
]
results_assets += [_claims_asset(cohort) for cohort in COHORTS]
