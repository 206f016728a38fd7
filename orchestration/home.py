"""Which home, and Dagster's settings in it.

Belongs here: resolving the home, making one ready for Dagster.
Does not belong here: the paths of a home (`warehouse.home`).
"""

import os
from pathlib import Path

from warehouse.files import write_atomically
from warehouse.home import Home

_DAGSTER_YAML = b"""\
# Written by imsct. One DuckDB file takes one writer: the pool lets one step at a time write.
telemetry:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: op
run_monitoring:
  enabled: true
"""


def home_from(given: str | None) -> Home:
    """The home that `--home` names, else `IMSCT_HOME`, else `./home`."""
    return Home(Path(given or os.environ.get("IMSCT_HOME") or "home").absolute())


def make_ready(home: Home) -> None:
    """Make the folders of a home and Dagster's settings in it; what is there stays."""
    home.create()
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        write_atomically(settings, _DAGSTER_YAML)
