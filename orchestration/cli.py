"""The command line `imsct`.

Belongs here: commands, their options, and the one place where an error becomes a message and an
exit code.
Does not belong here: what a command does (imported inside it, so that `--help` is quick).
Exit codes: 0 done, 1 the data have problems, 2 wrong usage, 3 environment or storage, 4 integrity.
"""

import os
import signal
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from orchestration import label_options
from orchestration.analysis_commands import analyse, apply
from orchestration.home_option import with_home
from orchestration.keeping_commands import (
    as_of_command,
    erase_command,
    export_command,
    restore_command,
    verify_command,
)
from orchestration.site_commands import prepare, profile
from schemas.errors import ImsctError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="imsct", message="%(package)s %(version)s")
def imsct() -> None:
    """Cohort database and analytics for intramedullary spinal cord tumours. Research use only."""


@imsct.command()
@click.option("--cases", default=420, show_default=True, type=click.IntRange(60, 100_000))
@click.option("--sites", default=6, show_default=True, type=click.IntRange(4, 20))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@with_home
def demo(home: Any, cases: int, sites: int, seed: int) -> None:
    """Build a home from the simulated registry and the published patients, and publish it."""
    from orchestration.demo import run_demo

    click.echo(run_demo(home, cases=cases, sites=sites, seed=seed))


@imsct.command()
@click.option("--cases", default=1000, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--sites", default=6, show_default=True, type=click.IntRange(1, 200))
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0))
@click.option(
    "--faults",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Mistakes to make, a row each; one may break several rows. Beside them one site has "
    "ADC and one length in a wrong unit, if there are three. truth.json names all.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR")
def simulate(cases: int, sites: int, seed: int, faults: int, out: Path) -> None:
    """Write a simulated registry: a delivery per site, and truth.json with what only it knows."""
    from orchestration.simulating import write_registry

    click.echo(write_registry(out, cases=cases, sites=sites, seed=seed, faults=faults))


@imsct.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--profile", help="Profile, by name or file, of a folder that has no manifest yet.")
@label_options.site
@label_options.id_scheme
@label_options.mode
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def check(home: Any, folder: Path, as_json: bool, **label: Any) -> int:
    """List every problem of a delivery in one pass, without loading it.

    Of a home, where there is one, only its profiles and limits are read. Of a folder without a
    manifest name --profile, and what 'imsct deliver' will be told of it: the verdict is the same.
    """
    from orchestration.delivering import check_as_delivered
    from orchestration.listing import checked_as_json, checked_as_text

    checked = check_as_delivered(home, folder, **label)
    click.echo(checked_as_json(checked) if as_json else checked_as_text(checked))
    return checked.exit_code


@imsct.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["markdown", "json", "jsonschema", "redcap", "redcap-repeating"]),
    default="markdown",
    show_default=True,
    help="redcap: a REDCap data dictionary; redcap-repeating: which of its instruments repeat. "
    "REDCap warns of names longer than 26 characters, and takes them.",
)
def dictionary(form: str) -> None:
    """Print the data dictionary: tables, columns, vocabularies, rules."""
    from schemas.exports import dictionary_as

    click.echo(dictionary_as(form), nl=False)


@imsct.command("redcap-export")
@click.option("--url", required=True, help="Address of REDCap's API, https://.../api/.")
@click.option(
    "--token-file",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File with the API token, which only you can read.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR")
def redcap_export(url: str, token_file: Path, out: Path) -> None:
    """Export a REDCap project through its API into a new folder; run at the site."""
    from orchestration.redcap_export import export_as_text

    click.echo(export_as_text(url, token_file, out))


@imsct.command()
@with_home
def init(home: Any) -> None:
    """Make a home; one that is there is kept as it is."""
    from orchestration.home import make_ready
    from orchestration.listing import home_as_text

    is_new = not home.ledger.is_dir()
    make_ready(home)
    click.echo(home_as_text(home, is_new=is_new))


@imsct.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def doctor(home: Any, as_json: bool) -> int:
    """Check machine, versions, permissions, pools and storage; changes nothing."""
    from orchestration.doctor import examine
    from orchestration.findings import examined_as_json, examined_as_text, exit_code_of

    findings = examine(home)
    click.echo(examined_as_json(findings) if as_json else examined_as_text(findings))
    return exit_code_of(findings)


@imsct.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@label_options.site
@click.option("--delivery", help="Its own name, such as 2026-03; never a person's.")
@label_options.id_scheme
@click.option("--profile", help="How the files are laid out [imsct].")
@label_options.mode
@click.option("--supersedes", help="Of a correction: the delivery that it corrects.")
@with_home
def deliver(home: Any, folder: Path, **label: Any) -> int:
    """Hand a folder over to the landing zone, whole or not at all.

    A folder with a manifest.json goes as it is. For one without, name --site, --delivery and
    --id-scheme, and its manifest is made from the files. A full delivery is the site's complete
    state: it takes the place of the one before.
    """
    from orchestration.delivering import Label, deliver_folder

    text, exit_code = deliver_folder(home, folder, Label(**label))
    click.echo(text)
    return exit_code


@imsct.group()
def delivery() -> None:
    """What was received: list, show; approve one that waits, withdraw one, erase one."""


@delivery.command("list")
@click.option("--site", help="Only this site.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def delivery_list(home: Any, site: str | None, as_json: bool) -> None:
    """List every delivery with its account, in the order in which they came."""
    from orchestration.delivery_commands import list_deliveries

    click.echo(list_deliveries(home, site=site, is_json=as_json))


@delivery.command("show")
@click.argument("name", metavar="SITE/DELIVERY")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def delivery_show(home: Any, name: str, as_json: bool) -> None:
    """Show one delivery: manifest, account, decisions, problems."""
    from orchestration.delivery_commands import show_delivery

    click.echo(show_delivery(home, name, is_json=as_json))


@delivery.command("approve")
@click.argument("name", metavar="SITE/DELIVERY")
@click.option("--reason", required=True, help="Why, in one line. It stays in the ledger: no names.")
@with_home
def delivery_approve(home: Any, name: str, reason: str) -> None:
    """Take a delivery in spite of what holds it back.

    That is: far fewer cases than before (E_SHRINK), pseudonyms made with another key (E_KEY), or
    a measure whose unit is in doubt (R083; the confirmation stands for later deliveries too).
    """
    from orchestration.delivery_commands import approve_delivery

    click.echo(approve_delivery(home, name, reason=reason))


@delivery.command("withdraw")
@click.argument("name", metavar="SITE/DELIVERY")
@click.option("--reason", required=True, help="Why, in one line. It stays in the ledger: no names.")
@with_home
def delivery_withdraw(home: Any, name: str, reason: str) -> None:
    """Withdraw a delivery: from the next run on it counts as if it had never come.

    What the other deliveries say stands: one that it had replaced becomes current again. All
    deliveries after it are taken in anew without it. Its bytes stay in received/, and snapshots
    published before stay as they are.
    """
    from orchestration.delivery_commands import withdraw_delivery

    click.echo(withdraw_delivery(home, name, reason=reason))


delivery.add_command(erase_command)


@imsct.command()
@click.option("--select", help="Assets to run, in Dagster's selection syntax.")
@click.option("--rebuild", is_flag=True, help="Build the database again from received/.")
@click.option(
    "--wait",
    default=0.0,
    type=click.FloatRange(0, 86_400),
    metavar="SECONDS",
    help="How long to wait while another process writes the database [0: not at all].",
)
@with_home
def materialize(home: Any, select: str | None, rebuild: bool, wait: float) -> None:
    """Run the assets in this process: take in new deliveries, analyse, publish."""
    from orchestration.home import require_home
    from orchestration.listing import run_as_text
    from orchestration.run import database_set_aside, published_before
    from orchestration.run import materialize as run

    require_home(home)
    before = published_before(home)
    with database_set_aside(home, wait=wait) if rebuild else nullcontext():
        run(home, select=select, wait=wait)
    click.echo(run_as_text(home, before=before))


@imsct.command()
@click.option("--site", help="Only this site.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write a CSV file.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write a page to print.")
@with_home
def quarantine(home: Any, site: str | None, as_json: bool, **files: Path | None) -> None:
    """Show what was refused and why."""
    from orchestration.listing import quarantine_listing

    click.echo(quarantine_listing(home, site=site, as_json=as_json, **files))


@imsct.command()
@click.argument("case")
@click.argument("column", required=False, metavar="[COLUMN]")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def trace(home: Any, case: str, column: str | None, as_json: bool) -> None:
    """Follow a case, or one of its values, back to file and line and forward to reports.

    COLUMN may be TABLE.COLUMN, or a derived one such as gross_total_resection.
    """
    from orchestration.tracing import trace_listing

    click.echo(trace_listing(home, case, column, as_json=as_json))


@imsct.command()
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@with_home
def dashboard(home: Any, port: int) -> None:
    """Serve the pages over the published snapshots, on this machine only."""
    from dashboard.serve import serve
    from orchestration.home import require_home

    require_home(home)
    serve(home, port=port, say=click.echo)


imsct.add_command(analyse)
imsct.add_command(apply)
imsct.add_command(prepare)
imsct.add_command(profile)


@imsct.group()
def snapshot() -> None:
    """Published versions: list, show, diff, verify, export, as-of, restore."""


@snapshot.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def snapshot_list(home: Any, as_json: bool) -> None:
    """List the published snapshots, oldest first."""
    from orchestration.home import require_home
    from orchestration.listing import snapshots_listing

    require_home(home)
    click.echo(snapshots_listing(home, as_json=as_json))


@snapshot.command("show")
@click.argument("snapshot_id", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def snapshot_show(home: Any, snapshot_id: str | None, as_json: bool) -> None:
    """Show a snapshot's manifest; without an id the current one's."""
    from orchestration.home import require_home
    from orchestration.listing import snapshot_listing

    require_home(home)
    click.echo(snapshot_listing(home, snapshot_id, as_json=as_json))


@snapshot.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.option("--html", "html_file", type=click.Path(path_type=Path), help="Write a page.")
@with_home
def snapshot_diff(
    home: Any, before: str, after: str, as_json: bool, html_file: Path | None
) -> None:
    """Say what lies between two snapshots: cases, rows, columns, reported numbers."""
    from orchestration.differing import difference_listing
    from orchestration.home import require_home

    require_home(home)
    click.echo(difference_listing(home, before, after, as_json=as_json, html_file=html_file))


snapshot.add_command(as_of_command)
snapshot.add_command(export_command)
snapshot.add_command(restore_command)
snapshot.add_command(verify_command)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = imsct.main(prog_name="imsct", standalone_mode=False)
    except click.exceptions.Exit as end:
        code = end.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped. What was published before is untouched; repeat to go on.", err=True)
        code = 3
    except ImsctError as error:
        click.echo(f"imsct: {error}", err=True)
        code = error.exit_code
    except OSError as error:
        click.echo(f"imsct: {error.strerror or type(error).__name__}: {error.filename}", err=True)
        code = 3
    # Whatever a library raises: its text may hold a cell.
    except Exception as error:  # noqa: BLE001 - see above
        from assets.redaction import without_text

        click.echo(f"imsct: {without_text(error)}", err=True)
        code = 3
    sys.exit(code or 0)
