"""Resources: what assets get from outside, opened for a run and closed after it.

Belongs here: the resource `line` and progress on stderr.
Does not belong here: what the line holds (`assets.context`), settings of Dagster
(`orchestration.home`).
"""

import sys
from collections.abc import Iterator

import dagster as dg

from assets.context import Line
from orchestration.provenance import code_hash, lock_hash
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.store import Store


def say(text: str) -> None:
    """Show progress on stderr; stdout is for results."""
    print(text, file=sys.stderr, flush=True)


def line_resource(home: Home) -> dg.ResourceDefinition:
    """Build the resource that opens the home's ledger and store for one run."""

    def open_line(_: dg.InitResourceContext) -> Iterator[Line]:
        home.create()
        ledger = Ledger.open(home.ledger)
        with Store.open(home.database) as store:
            yield Line(home, ledger, store, say, code_hash(), lock_hash())

    return dg.ResourceDefinition(resource_fn=open_line)
