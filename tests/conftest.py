"""Fixtures of every test: real stores in fresh files, closed for you."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store in a file."""
    with Store.open(tmp_path / "warehouse.duckdb") as opened:
        yield opened
