"""Fixtures of the dashboard's tests: a published home and a server over it."""

from collections.abc import Iterator

import polars as pl
import pytest

from tests.support.published import published_home
from tests.support.served import Served, serving
from warehouse.home import Home
from warehouse.snapshots import Snapshot

Published = tuple[Home, pl.DataFrame, Snapshot, str]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """Home, cases, snapshot, folder of a report; not to be changed."""
    return published_home(tmp_path_factory.mktemp("published") / "home")


@pytest.fixture(scope="module")
def served(published: Published) -> Iterator[Served]:
    """A server over the published home."""
    with serving(published[0]) as running:
        yield running
