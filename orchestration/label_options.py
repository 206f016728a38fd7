"""The options that say of a folder without a manifest what its manifest would say.

Belongs here: the options that `imsct check` and `imsct deliver` share, in one wording.
Does not belong here: the commands, what becomes of a label (`orchestration.delivering`).
"""

import click

site = click.option("--site", help="Whose rows they are, such as SIM_NORTH.")
id_scheme = click.option(
    "--id-scheme",
    type=click.Choice(["simulated", "published"]),
    help="Simulated patients, or ids as published. Real patients need pseudonyms made at the "
    "site; such a folder comes with its manifest. No check can tell a plain name from an id: do "
    "not deliver names as ids.",
)
mode = click.option(
    "--mode",
    type=click.Choice(["full", "increment", "correction"]),
    help="The site's complete state [full], new rows only, or other values for rows it has.",
)
