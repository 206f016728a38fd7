"""Sensors: runs that something new starts.

Belongs here: the sensor on the landing zone, and how often a run that failed is tried again.
Does not belong here: finding what is new (`warehouse.arrivals`), the job (`orchestration.jobs`).
A tick reads the landing zone and the ledger; it never opens the store, which takes one process.
"""

import time
from collections.abc import Sequence

import dagster as dg

from orchestration.dead_runs import clear_up, unfinished_runs
from orchestration.jobs import refresh_home
from warehouse.anchors import open_to_write
from warehouse.arrivals import Arrivals, arrivals
from warehouse.failures import record_failure
from warehouse.home import Home
from warehouse.ledger import Ledger

#: Tag of a run that the sensor asked for: the identity of the deliveries it is for.
ARRIVALS_TAG = "imsct/arrivals"
INTERVAL_SECONDS = 15
#: Seconds to wait after the first, the second failed run for the same deliveries; then no more.
PAUSES = (300, 1800)


def landing_sensor(home: Home) -> dg.SensorDefinition:
    """The sensor on the landing zone of a home."""

    @dg.sensor(
        name="landing_zone",
        job=refresh_home,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Runs the line when a whole delivery lies in landing/ that is not published "
        f"yet. A run that fails is tried again after {PAUSES[0] // 60} and {PAUSES[1] // 60} "
        "minutes, then left to a person and to the night. To stop it: Dagster's pages, "
        "Automation, switch it off; that outlasts a restart.",
    )
    def landing_zone(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if not home.ledger.is_dir():
            return dg.SkipReason(f"{home.path} is no home. 'imsct init' makes one.")
        clear_up(context.instance, home)
        return decide(arrivals(home, Ledger.open(home.ledger)), context.instance)

    return landing_zone


def failure_sensor(home: Home) -> dg.SensorDefinition:
    """The sensor that tells the ledger of runs that failed without anybody watching."""

    @dg.run_failure_sensor(
        name="failed_runs",
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Records every failed run in the ledger: which steps, and the kind of error.",
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        if not home.ledger.is_dir():
            return
        failed = context.get_step_failure_events()
        errors = [e.step_failure_data.error for e in failed]
        # Dagster's own error stands around the one that the step raised
        kinds = [(error.cause or error).cls_name for error in errors if error]
        record_failure(
            open_to_write(home),
            run=context.dagster_run.run_id,
            steps=[str(event.step_key) for event in failed],
            error=str(kinds[0]) if kinds else "unknown",
        )

    return failed_runs


def decide(
    found: Arrivals, instance: dg.DagsterInstance, *, now: float | None = None
) -> dg.RunRequest | dg.SkipReason:
    """A run for what is new, or in words why there is none now."""
    if not found.names:
        return dg.SkipReason(" ".join(["Nothing new in landing/.", *_unsound(found)]))
    shown = ", ".join(found.names[:5]) + (", ..." if len(found.names) > 5 else "")
    if running := unfinished_runs(instance):
        return dg.SkipReason(
            f"New: {shown}. Run {running[0].run_id[:8]} is not over; looked at again after it."
        )
    tried = instance.get_run_records(dg.RunsFilter(tags={ARRIVALS_TAG: found.digest}))
    if reason := _why_not_again(tried, time.time() if now is None else now):
        return dg.SkipReason(f"New: {shown}. {reason}")
    return dg.RunRequest(
        run_key=f"{found.digest}/{len(tried) + 1}", tags={ARRIVALS_TAG: found.digest}
    )


def _why_not_again(tried: Sequence[dg.RunRecord], now: float) -> str | None:
    """Why the runs that were made for these deliveries are enough for now; None where not."""
    ended = {record.dagster_run.status for record in tried}
    if dg.DagsterRunStatus.SUCCESS in ended:
        return "A run took them in and found nothing to publish."
    if dg.DagsterRunStatus.CANCELED in ended:
        return "Their run was cancelled by hand: 'imsct materialize', or the nightly run, goes on."
    if not tried:
        return None
    if len(tried) > len(PAUSES):
        return (
            f"{len(tried)} runs failed on them and no other is started: see their messages in "
            "Dagster's pages, mend the cause, then 'imsct materialize'. The nightly run tries too."
        )
    last = max(record.end_time or 0.0 for record in tried)
    wait = PAUSES[len(tried) - 1] - (now - last)
    if wait > 0:
        return f"Run {len(tried)} failed; the next attempt is in {wait / 60:.0f} min."
    return None


def _unsound(found: Arrivals) -> list[str]:
    """What lies there and is not as announced: an error of copying, or copying that goes on."""
    return [
        f"{name} is not as its manifest says ({problem.rule}"
        + (f", {problem.file}" if problem.file else "")
        + "): 'imsct check' on it lists why; the nightly run sets it aside."
        for name, problem in found.unsound[:5]
    ]
