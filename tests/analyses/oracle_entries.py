"""The oracle entries (`tests/oracles/README.md`), their tolerances, and which are pending."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "oracles"
REFERENCE: dict[str, Any] = {}
for _file in sorted(FOLDER.glob("reference*.json")):
    REFERENCE |= json.loads(_file.read_text(encoding="utf-8"))
SAMPLE_SIZES = json.loads((FOLDER / "pmsampsize_reference.json").read_text(encoding="utf-8"))
PREDICTORS = ["age", "central", "illdef", "cap", "seg", "mcc"]

#: Entries without a test, and why.
PENDING = {"c_riley_example": "no outcome of the platform is a number"}


def near(expected: Any, entry: str) -> Any:
    """The expected value at the tolerance of its entry."""
    return pytest.approx(expected, rel=0, abs=REFERENCE[entry]["tol"])
