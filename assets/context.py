"""The line: what every asset works with, opened once per run.

Belongs here: home, ledger, store, official count and progress in one object.
Does not belong here: opening and closing it (`orchestration.resources`), any work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from assets.readers.sandbox import Limits
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.settings import settings_of
from warehouse.store import Store
from warehouse.validation.suite import OfficialCount


@dataclass(frozen=True)
class Line:
    """Home, ledger and the writer's connection of one run; `say` shows progress on stderr."""

    home: Home
    ledger: Ledger
    store: Store
    say: Callable[[str], None]
    #: Hashes over the import packages and over requirements.lock.
    code: str
    lock: str

    @cached_property
    def limits(self) -> Limits:
        """What the reading of one delivered file may take."""
        return limits_of(self.home)

    @cached_property
    def official(self) -> OfficialCount | None:
        """Great Expectations on the store; none for a store in memory."""
        return OfficialCount(self.store) if self.store.path is not None else None


def limits_of(home: Home) -> Limits:
    """What the reading of one delivered file may take, as the home's settings say."""
    reading = settings_of(home).reading
    return Limits(
        resident=reading.memory_mib << 20,
        cpu_s=reading.seconds,
        wall_s=reading.seconds,
        delivered=reading.file_mib << 20,
    )
