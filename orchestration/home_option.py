"""The option --home, which most commands share.

Belongs here: giving a command the option, resolved to a home.
Does not belong here: which folder is meant (`orchestration.home`), the commands.
"""

import functools
from collections.abc import Callable
from typing import Any

import click


def with_home(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --home, resolved to a home."""

    @click.option("--home", "home_path", metavar="DIR", help="Home folder [IMSCT_HOME, ./home].")
    @functools.wraps(command)
    def with_option(*args: Any, home_path: str | None, **options: Any) -> Any:
        from orchestration.home import home_from

        return command(*args, home=home_from(home_path), **options)

    return with_option
