"""Which home, and Dagster's settings in it.

Belongs here: resolving the home, making one, refusing a folder that is none, Dagster's settings.
Does not belong here: the paths of a home (`warehouse.home`).
"""

import os
from pathlib import Path

from schemas.errors import StorageError, UsageError
from warehouse.files import sha256_of, write_atomically
from warehouse.home import Home
from warehouse.settings import TEXT

_DAGSTER_YAML = b"""\
# Written by imsct. Yours to edit: from then on imsct leaves it as it is.
# One DuckDB file takes one writer: one run at a time, and within it one step that writes.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: op
  runs:
    max_concurrent_runs: 1
run_monitoring:
  enabled: true
"""
#: sha256 of texts that imsct wrote before: such a file is no operator's work and is replaced.
_EARLIER = {"7c2f4fa1dd3c849567f3a1ab88dc0ff794376141958f0470f4af9a80e21d31a1"}


def home_from(given: str | None) -> Home:
    """The home that `--home` names, else `IMSCT_HOME`, else `./home`."""
    return Home(Path(given or os.environ.get("IMSCT_HOME") or "home").absolute())


def make_ready(home: Home) -> None:
    """Make the folders of a home and Dagster's settings in it; what an operator wrote stays."""
    home.create()
    if not os.access(home.dagster, os.W_OK):
        raise StorageError(
            f"{home.path} cannot be written. A run needs that; to look at what is published, "
            "'imsct dashboard' and 'imsct snapshot' do not."
        )
    if not home.settings.exists():
        write_atomically(home.settings, TEXT)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists() or sha256_of(settings) in _EARLIER:
        write_atomically(settings, _DAGSTER_YAML)


def require_home(home: Home) -> None:
    """Refuse a folder that is no home: nothing makes one by accident.

    Raises
    ------
    UsageError
        If it is none.
    """
    if not home.ledger.is_dir():
        raise UsageError(
            f"{home.path} is no home. Name one with --home, or make one: 'imsct init', or "
            "'imsct demo' for one with data."
        )
    home.demand_ledger()
