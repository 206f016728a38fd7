"""The shelf: which snapshot is served, and when another takes its place.

Belongs here: watching `CURRENT`, verifying before opening, closing when the last request has ended.
Does not belong here: questions to a snapshot (`warehouse.queries`), pages.
A new snapshot that cannot be trusted leaves the one before in use, with a line that says so.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from schemas.errors import ImsctError
from warehouse.home import Home
from warehouse.published import PublishedReader
from warehouse.snapshots import Snapshot, check_file, current_id, show

#: Seconds between two looks at `CURRENT`.
LOOK_EVERY = 1.0
#: Older snapshots that stay open for who asked for them.
KEPT_OPEN = 3


@dataclass
class Opened:
    """An open snapshot; closed when it is retired and nobody reads it any more."""

    snapshot: Snapshot
    reader: PublishedReader
    readers: int = 0
    is_retired: bool = False


@dataclass(frozen=True)
class View:
    """What one request sees: a snapshot, the newest id, and what is wrong with a newer one."""

    snapshot: Snapshot
    reader: PublishedReader
    newest: str
    warning: str | None = None


@dataclass
class Shelf:
    """Open snapshots of one home.

    Keeps true: a request sees one snapshot from beginning to end, and no unverified file is read.
    """

    home: Home
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _opened: dict[str, Opened] = field(default_factory=dict)
    _current: str | None = None
    _warning: str | None = None
    _looked: float = float("-inf")

    def current(self) -> str | None:
        """Id of the snapshot that is served now; None before the first publication."""
        with self._lock:
            self._look()
            return self._current

    @property
    def warning(self) -> str | None:
        """Why the newest snapshot is not served; None where all is well."""
        return self._warning

    @contextmanager
    def view(self, snapshot_id: str | None = None) -> Iterator[View | None]:
        """Lend a snapshot for one request; None before the first publication.

        Raises
        ------
        UsageError
            If no snapshot has this id.
        IntegrityError
            If the snapshot asked for is not as it was published.
        """
        with self._lock:
            self._look()
            wanted = snapshot_id or self._current
            if wanted is None:
                opened = None
            else:
                opened = self._open(wanted)
                opened.readers += 1
            newest, warning = self._current, self._warning
        if opened is None:
            yield None
            return
        try:
            yield View(opened.snapshot, opened.reader, newest or opened.snapshot.id, warning)
        finally:
            with self._lock:
                opened.readers -= 1
                self._close_retired()

    def close(self) -> None:
        """End every connection."""
        with self._lock:
            for opened in self._opened.values():
                opened.reader.close()
            self._opened.clear()

    def _look(self) -> None:
        """Follow `CURRENT`, at most once a second."""
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        try:
            named = current_id(self.home)
            if named is not None and named != self._current:
                self._open(named)
            self._warning = None
        except (ImsctError, OSError) as error:
            self._warning = (
                "The newest snapshot cannot be read and is not shown. Run 'imsct snapshot verify'."
                if isinstance(error, ImsctError)
                else "The folder of snapshots cannot be read. Run 'imsct doctor'."
            )
            return
        if named is not None and named != self._current:
            self._current = named
            self._retire_all_but(named)

    def _open(self, snapshot_id: str) -> Opened:
        """An open snapshot, verified against its manifest when it is opened."""
        if snapshot_id not in self._opened:
            snapshot = show(self.home, snapshot_id)
            check_file(snapshot)
            self._opened[snapshot_id] = Opened(snapshot, PublishedReader(snapshot.path))
            self._retire_all_but(self._current or snapshot_id)
        return self._opened[snapshot_id]

    def _retire_all_but(self, current: str) -> None:
        """Let go of the snapshots opened longest ago, the current one apart."""
        others = [name for name in self._opened if name != current]
        for name in others[: max(0, len(others) - KEPT_OPEN)]:
            self._opened[name].is_retired = True
        self._close_retired()

    def _close_retired(self) -> None:
        """Close what is retired and read by nobody."""
        for name, opened in list(self._opened.items()):
            if opened.is_retired and opened.readers == 0:
                opened.reader.close()
                del self._opened[name]
