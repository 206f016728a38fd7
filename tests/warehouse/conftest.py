"""Fixtures of the storage tests: a home in a fresh folder, a ledger whose clock stands still."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from warehouse.home import Home
from warehouse.ledger import Ledger


def noon() -> datetime:
    """A clock that stands still."""
    return datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    made = Home(tmp_path / "home")
    made.create()
    return made


@pytest.fixture
def ledger(home: Home) -> Ledger:
    """The ledger of the empty home."""
    return Ledger.open(home.ledger, clock=noon)
