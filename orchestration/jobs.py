"""Jobs: what is run as a whole.

Belongs here: selections of assets under a name.
Does not belong here: when they run (`orchestration.schedules`, `orchestration.sensors`).
"""

import dagster as dg

refresh_home = dg.define_asset_job(
    "refresh_home",
    selection=dg.AssetSelection.all(),
    description="The whole line: take in what landed, analyse, publish. A second run in a row "
    "changes nothing.",
)
