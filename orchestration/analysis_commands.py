"""Commands of the statistician: `imsct analyse`, `imsct apply`.

Belongs here: their arguments and options.
Does not belong here: what they do (`orchestration.analyse`, imported inside: `--help` is quick).
"""

from pathlib import Path
from typing import Any

import click

from orchestration.home_option import with_home


@click.command()
@click.argument("plan", metavar="PLAN")
@click.option("--data", type=click.Path(path_type=Path), help="A table: CSV, TSV or Parquet.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the results.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@with_home
def analyse(home: Any, plan: str, data: Path | None, out: Path | None, as_json: bool) -> None:
    """Run an analysis plan on the current snapshot, or with --data on any table.

    PLAN is a YAML file, or the name of a plan that comes with the program.
    """
    from orchestration.analyse import analyse as run

    click.echo(run(home, plan, data=data, out=out, as_json=as_json))


@click.command()
@click.argument("model", type=click.Path(path_type=Path), metavar="MODEL")
@click.option("--data", type=click.Path(path_type=Path), required=True, help="The new cases.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="CSV to write.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def apply(model: Path, data: Path, out: Path, as_json: bool) -> None:
    """Score new cases with a frozen model, without any refit.

    MODEL is the folder of a result, or its model.skops.
    """
    from orchestration.analyse import apply as run

    click.echo(run(model, data=data, out=out, as_json=as_json))
