"""What is kept for long: `imsct snapshot verify`, `restore`, `export`, `as-of`, `delivery erase`.

Belongs here: arguments, what is printed.
Does not belong here: how it is done (`assets.restoring`, and in
`warehouse`: `exporting`, `as_of`, `erasing`, `verification`).
"""

from pathlib import Path
from typing import Any

import click

from orchestration.home_option import with_home


@click.command("restore")
@click.argument("snapshot_id", metavar="ID")
@with_home
def restore_command(home: Any, snapshot_id: str) -> None:
    """Bring back a spoilt, missing or retired snapshot, with the identical content.

    The rows come from its own file or package, whichever is whole; else they are built again from
    received/ and the ledger as they were then. What gives other rows is refused.
    """
    from assets.restoring import restore_snapshot
    from orchestration.home import require_home
    from orchestration.resources import say
    from warehouse.anchors import open_to_write

    require_home(home)
    snapshot, parts = restore_snapshot(home, open_to_write(home), snapshot_id, say=say)
    said = f"brought back ({', '.join(parts)})" if parts else "whole; nothing to bring back"
    click.echo(f"{snapshot.id}: {said}. Content {snapshot.content[:16]}..., as published.")


@click.command("export")
@click.argument("snapshot_id", metavar="ID")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR")
@with_home
def export_command(home: Any, snapshot_id: str, out: Path) -> None:
    """Copy a snapshot's package into a new folder: Parquet, dictionary, licence, citation.

    Every file is compared with its hash, before and after; the ledger records who took what.
    """
    from getpass import getuser

    from orchestration.home import require_home
    from warehouse.anchors import open_to_write
    from warehouse.exporting import export

    require_home(home)
    exported = export(home, open_to_write(home), snapshot_id, out, by=getuser())
    click.echo(exported.message)


@click.command("as-of")
@click.argument("moment", metavar="SNAPSHOT|SITE/DELIVERY|SEQ")
@click.option("--table", required=True, metavar="TABLE", help="A table of the dictionary.")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE")
@with_home
def as_of_command(home: Any, moment: str, table: str, out: Path) -> None:
    """Write a table as it was at a snapshot, a delivery or a ledger number, as CSV or Parquet.

    A snapshot gives the rows it was published with. A delivery or a number gives what was known
    when that had been taken in; deliveries and persons withdrawn since are left out. The ledger
    records who took what.
    """
    from getpass import getuser

    from orchestration.home import require_home
    from warehouse.anchors import open_to_write
    from warehouse.as_of import export_as_of

    require_home(home)
    ledger = open_to_write(home)
    click.echo(export_as_of(home, ledger, moment, table, out, by=getuser()).message)


@click.command("verify")
@click.argument("snapshot_id", required=False, metavar="[ID]")
@with_home
def verify_command(home: Any, snapshot_id: str | None) -> int:
    """Check every hash of landing/, received/, features/, published/ and the ledger."""
    from orchestration.home import require_home
    from orchestration.listing import verification

    require_home(home)
    text, exit_code = verification(home, snapshot_id)
    click.echo(text)
    return exit_code


@click.command("erase")
@click.argument("name", metavar="SITE/DELIVERY")
@click.option("--reason", required=True, help="Why, in one line; it stays in the ledger.")
@with_home
def erase_command(home: Any, name: str, reason: str) -> None:
    """Erase for good what a withdrawn delivery brought: its bytes, and snapshots that rest on it.

    For a person who asks that the content itself goes ('imsct trace CASE' names the deliveries).
    The site delivers in full without the case; withdraw each delivery that names it; run; erase
    them; rebuild. docs/decisions/erasing-a-case.md has the steps and what stays out of reach.
    """
    from orchestration.home import require_home
    from warehouse.anchors import open_to_write
    from warehouse.erasing import erase

    require_home(home)
    click.echo(erase(home, open_to_write(home), name, reason=reason).message)
