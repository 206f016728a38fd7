"""Real files of other programs: a few in `tests/data`, many in a folder beside the checkout.

Belongs here: where they lie, and what a test says when the folder is not there.
Does not belong here: what is expected of them.
"""

import os
from pathlib import Path

import pytest

COMMITTED = Path(__file__).parent.parent / "data"
#: The larger folder: `IMSCT_REAL_DATA`, else `shared/data` beside the checkout.
BESIDE = Path(
    os.environ.get("IMSCT_REAL_DATA")
    or Path(__file__).parent.parent.parent.parent / "shared" / "data"
)


def real(*parts: str) -> Path:
    """A file or folder of the larger folder; the test is skipped, and says so, without it."""
    path = BESIDE.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"real data not there: set IMSCT_REAL_DATA to the folder with {parts[0]}/")
    return path
