"""Published: the immutable snapshot that dashboards and researchers open; always the last step.

Belongs here: the asset of the layer `published`.
Does not belong here: what a snapshot holds (`assets.snapshot`), the files (`warehouse.snapshots`).
"""

import dagster as dg

from assets.cohort_reports import cohort_reports
from assets.context import Line
from assets.results import results_assets
from assets.snapshot import publish_snapshot


@dg.asset(
    key=["published", "snapshot"],
    deps=[
        *(asset.key for asset in (*results_assets, *cohort_reports)),
        ["reference", "cord_norms"],
        ["analysis", "columns"],
    ],
    group_name="published",
    pool="duckdb_writer",
    kinds={"duckdb"},
)
def published_snapshot(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """File named by its content, manifest, `CURRENT` replaced last; de-identified, read-only."""
    # imports scikit-learn: see assets.results
    from assets.analysing import write_counts, write_index

    snapshot = publish_snapshot(line)
    write_counts(line, snapshot.id)
    write_index(line, snapshot.id)
    return dg.MaterializeResult(
        data_version=dg.DataVersion(snapshot.id),
        metadata={"snapshot": snapshot.id, "is_new": int(snapshot.is_new)},
    )
