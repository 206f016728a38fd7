"""Schedules: runs by the clock.

Belongs here: when a job runs whatever has landed.
Does not belong here: runs that a delivery starts (`orchestration.sensors`), the jobs themselves.
"""

import dagster as dg

from orchestration.jobs import refresh_home

nightly_refresh = dg.ScheduleDefinition(
    name="nightly_refresh",
    job=refresh_home,
    cron_schedule="0 2 * * *",
    execution_timezone="UTC",  # a local 02:00 is missing or doubled on two nights of the year
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="The whole line every night at 02:00 UTC; after an outage once, not once per "
    "night missed. To stop it: Dagster's pages, Automation, switch it off; that outlasts a "
    "restart.",
)
