"""Commands of the site: `imsct prepare`, `imsct profile`.

Belongs here: these commands and their options, added to the command line.
Does not belong here: what a command does (imported inside it, so that `--help` is quick).
"""

from pathlib import Path
from typing import Any

import click

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("path", type=_PATH, metavar="[PATH]", required=False)
@click.option("--site", help="Whose rows they are, such as CLINIC_A.")
@click.option("--profile", help="How the files are laid out: a shipped profile or a YAML file.")
@click.option("--key-file", type=_PATH, metavar="FILE", help="The site's key, 32 bytes.")
@click.option("--out", type=_PATH, metavar="DIR", help="New folder for the delivery.")
@click.option("--delivery", help="Name of the delivery [the name of DIR].")
@click.option("--created", help="When it was made, in UTC [now]; later dates are refused.")
@click.option(
    "--mode",
    type=click.Choice(["full", "increment", "correction"]),
    default="full",
    show_default=True,
)
@click.option("--supersedes", help="The delivery that a correction corrects.")
@click.option("--lookup", type=_PATH, metavar="FILE", help="Write pseudonyms beside local ids.")
@click.option("--new-key", type=_PATH, metavar="FILE", help="Make a key file, and nothing else.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def prepare(path: Path | None, new_key: Path | None, as_json: bool, **asked: Any) -> int:
    """Make a delivery at the site: pseudonyms, days in place of dates, manifest."""
    from orchestration import preparing

    if new_key is not None:
        click.echo(preparing.new_key(new_key))
        return 0
    needed = {"PATH": path, **{f"--{n.replace('_', '-')}": asked[n] for n in _NEEDED}}
    missing = [name for name, value in needed.items() if value is None]
    if path is None or missing:
        raise click.UsageError(f"Missing: {', '.join(missing)}. 'imsct prepare --help' says what.")
    text, exit_code = preparing.prepare_folder(path, preparing.Asked(**asked), as_json=as_json)
    click.echo(text)
    return exit_code


_NEEDED = ("site", "profile", "key_file", "out")


@click.group()
def profile() -> None:
    """Site profiles: propose one, check one."""


@profile.command("draft")
@click.argument("file", type=_PATH)
@click.option("--sheet", help="Of a workbook [the first sheet with records].")
@click.option("--dictionary", type=_PATH, metavar="FILE", help="Of a REDCap project, as CSV.")
def profile_draft(file: Path, sheet: str | None, dictionary: Path | None) -> None:
    """Propose a profile for a text, workbook or REDCap export; shows headers and codes only."""
    from assets.drafting import draft_profile

    click.echo(draft_profile(file, sheet=sheet, dictionary=dictionary), nl=False)


@profile.command("check")
@click.argument("name", metavar="P")
def profile_check(name: str) -> None:
    """Say whether a profile (a YAML file or a shipped name) is whole, or what it lacks."""
    from assets.profile_check import checked_profile

    click.echo(checked_profile(name))
