"""The template environment that every page of `analyses.report` shares.

Belongs here: where templates lie, escaping, filters.
Does not belong here: what a page shows.
"""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analyses import numbers
from analyses.report import pictures, words


@cache  # a template is compiled once in a process, not for every page
def templates() -> Environment:
    """The environment: it escapes everything and refuses what is not defined."""
    environment = Environment(
        loader=PackageLoader("analyses.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_straight,
    )
    environment.filters.update(
        number=numbers.number, brief=numbers.brief, human=words.human, model=pictures.model_name
    )
    return environment


def _straight(value: Any) -> Any:
    """What is put into a page, without marks that turn the rest of the page around."""
    if isinstance(value, Markup):
        return Markup(words.straight(str(value)))  # escaped before
    return words.straight(value) if isinstance(value, str) else value
