"""The command line in process: exit code, stdout and stderr, as a shell would see them."""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest.mock import patch

from orchestration.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    exit: int
    out: str
    err: str


def imsct(*arguments: object) -> Ran:
    """Run `imsct` with its arguments; any exception but the end of the process is a failure."""
    out, err = io.StringIO(), io.StringIO()
    mask = os.umask(0o022)
    try:
        with (
            patch.object(sys, "argv", ["imsct", *map(str, arguments)]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            main()
    except SystemExit as end:
        return Ran(int(end.code or 0), out.getvalue(), err.getvalue())
    finally:
        os.umask(mask)
    raise AssertionError("the command line did not end the process")
