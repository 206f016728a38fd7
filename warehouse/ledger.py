"""The ledger: what happened, one JSON line per event, each bound to the one before by its hash.

Belongs here: the form of a line, verifying the chain, appending durably.
Does not belong here: what is recorded when (`landing`, `snapshots`). Payloads hold ids, counts and
hashes, never a cell of a delivery. Order is by `seq`; nothing depends on `time`.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import IntegrityError
from warehouse.files import as_storage_error, opened, sync_folder, write_atomically

FILE_NAME = "ledger.jsonl"
FIRST_PREV = "0" * 64
_RESERVED = ("seq", "time", "kind", "prev", "hash")
_RESTORE = (
    "Restore ledger/ledger.jsonl from a backup; nothing was read from the home or written to it."
)

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Event:
    """One line of the ledger."""

    seq: int
    time: str
    kind: str
    payload: Mapping[str, object]
    prev: str
    hash: str

    def line(self) -> str:
        """The one text of this event, without line end."""
        return _text({**self._content(), "hash": self.hash})

    def _content(self) -> dict[str, object]:
        """Everything the hash covers; `seq` leads, so that a torn line shows whose it was."""
        head = {"seq": self.seq, "time": self.time, "kind": self.kind}
        return {**head, **self.payload, "prev": self.prev}

    def expected_hash(self) -> str:
        """The hash of the content."""
        return hashlib.sha256(_text(self._content()).encode()).hexdigest()


@dataclass(frozen=True)
class TornLine:
    """The start of a line whose writing was cut off: an event that was never acknowledged."""

    seq: int
    data: bytes

    @property
    def message(self) -> str:
        """What it means, for the user."""
        return (
            f"ledger/{FILE_NAME}, line {self.seq}: the line ends after {len(self.data)} bytes; its "
            "writing was interrupted. What it was to record did not happen. The next event sets "
            f"the fragment aside as ledger/torn-{self.seq}.txt; repeat the last command."
        )


class Ledger:
    """The verified ledger of a home.

    Keeps true: an appended event is on the disk before `append` returns, and follows the newest
    line of the file even where another process has appended meanwhile.
    """

    def __init__(self, path: Path, *, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self.torn: TornLine | None = None
        self._events: list[Event] = []
        self._size = 0  # bytes of whole events
        self._is_unended = False  # the newest event is whole, its line end is missing

    @classmethod
    def open(cls, folder: Path, *, clock: Clock = utc_now) -> "Ledger":
        """Read the ledger of a folder and verify its chain; a missing file is an empty ledger.

        Raises
        ------
        IntegrityError
            If a line was changed, removed or moved (E_LEDGER).
        StorageError
            If the file cannot be read.
        """
        ledger = cls(folder / FILE_NAME, clock=clock)
        ledger._load()
        return ledger

    def events(self, kind: str | None = None) -> tuple[Event, ...]:
        """The events in their order, all or those of one kind."""
        return tuple(e for e in self._events if kind is None or e.kind == kind)

    def until(self, seq: int) -> "Ledger":
        """The ledger as it was when event `seq` was its newest, to be read."""
        then = Ledger(self.path, clock=self.clock)
        then._events = self._events[:seq]
        return then

    @property
    def head(self) -> tuple[int, str]:
        """Seq and hash of the newest event; (0, zeros) before the first."""
        if not self._events:
            return 0, FIRST_PREV
        return self._events[-1].seq, self._events[-1].hash

    def now(self) -> str:
        """The clock's time in UTC, to the second."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def append(self, kind: str, **payload: object) -> Event:
        """Record an event; it is on the disk when this returns.

        Raises
        ------
        IntegrityError
            If the file has become shorter than it was when it was read.
        StorageError
            If it cannot be written, a full disk say; the ledger then is as it was.
        """
        try:
            is_new = not self.path.exists()
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self.path, flags, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._catch_up(descriptor)
                self._set_torn_aside(descriptor)
                event = self._write(descriptor, kind, payload)
            finally:
                os.close(descriptor)
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            raise as_storage_error(error, f"ledger/{FILE_NAME} cannot be written") from error
        return event

    def _write(self, descriptor: int, kind: str, payload: Mapping[str, object]) -> Event:
        """Write one line durably, or leave the file as it was."""
        event = _new_event(self.head, time=self.now(), kind=kind, payload=payload)
        data = b"\n" * self._is_unended + event.line().encode() + b"\n"
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, self._size)
            raise
        self._size += len(data)
        self._is_unended = False
        self._events.append(event)
        return event

    def _catch_up(self, descriptor: int) -> None:
        """Read again where another process has appended since."""
        expected = self._size + (len(self.torn.data) if self.torn else 0)
        size = os.fstat(descriptor).st_size
        if size < expected:
            raise IntegrityError(
                f"ledger/{FILE_NAME} (E_LEDGER): the file has {size} bytes and had {expected} when "
                f"it was read: its end was removed, from seq {self.head[0]} back. {_RESTORE}"
            )
        if size > expected:
            self._load()

    def _set_torn_aside(self, descriptor: int) -> None:
        """Keep the fragment of a torn line beside the ledger, and say so in the next event."""
        if self.torn is None:
            return
        torn = self.torn
        write_atomically(self.path.with_name(f"torn-{torn.seq}.txt"), torn.data, mode=0o600)
        os.ftruncate(descriptor, self._size)
        self.torn = None
        found = {"bytes": len(torn.data), "sha256": hashlib.sha256(torn.data).hexdigest()}
        self._write(descriptor, "torn_line", found)

    def _load(self) -> None:
        """Read and verify the whole file."""
        data = b""
        if self.path.exists() or self.path.is_symlink():
            with opened(self.path) as descriptor:
                while block := os.read(descriptor, 1 << 20):
                    data += block
        *lines, tail = data.split(b"\n")
        events: list[Event] = []
        for number, line in enumerate(lines, start=1):
            before = (events[-1].seq, events[-1].hash) if events else (0, FIRST_PREV)
            events.append(_verified(line, number=number, before=before))
        self._events, self.torn = events, None
        self._is_unended = _parsed(tail) is not None
        if self._is_unended:
            events.append(_verified(tail, number=len(lines) + 1, before=self.head))
        elif tail:
            self.torn = _torn(tail, seq=self.head[0] + 1)
        self._size = len(data) - (len(tail) if self.torn else 0)


def _new_event(
    head: tuple[int, str], *, time: str, kind: str, payload: Mapping[str, object]
) -> Event:
    """The event that follows the newest one."""
    if clash := set(payload) & set(_RESERVED):
        raise ValueError(f"payload keys {sorted(clash)} are the ledger's own")
    plain = json.loads(_text(payload))  # what reading the line again will give
    event = Event(head[0] + 1, time, kind, plain, head[1], "")
    return Event(event.seq, time, kind, plain, head[1], event.expected_hash())


def _verified(line: bytes, *, number: int, before: tuple[int, str]) -> Event:
    """The event of a line that is exactly what was written and follows the one before."""
    event = _parsed(line)
    if event is None or event.line().encode() != line or event.hash != event.expected_hash():
        raise IntegrityError(
            f"ledger/{FILE_NAME}, line {number} (E_LEDGER): event seq {number} is not as it was "
            f"written; the line was changed. {_RESTORE}"
        )
    if event.seq != before[0] + 1 or event.prev != before[1]:
        raise IntegrityError(
            f"ledger/{FILE_NAME}, line {number} (E_LEDGER): found seq {event.seq} after seq "
            f"{before[0]}, not bound to it; lines were removed, added or moved. {_RESTORE}"
        )
    return event


def _torn(tail: bytes, *, seq: int) -> TornLine:
    """The torn line at the end; a whole line with a spoilt end is a change, not a crash."""
    start = b'{"seq":%d,' % seq
    length = min(len(tail), len(start))
    if _parsed(tail[:-1]) is not None or tail[:length] != start[:length]:
        raise IntegrityError(
            f"ledger/{FILE_NAME}, line {seq} (E_LEDGER): the last line has no line end and is not "
            f"the start of event seq {seq}; it was changed. {_RESTORE}"
        )
    return TornLine(seq, tail)


def _parsed(line: bytes) -> Event | None:
    """The event of a line, unverified; None where it is none."""
    try:
        found = json.loads(line)
        payload = {key: value for key, value in found.items() if key not in _RESERVED}
        fixed = {key: found[key] for key in _RESERVED}
        return Event(payload=payload, **fixed)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        return None


def _text(content: Mapping[str, object]) -> str:
    """JSON in one form: ASCII, no blanks, no NaN; keys in the order given, deeper ones sorted."""
    parts = (
        f"{json.dumps(key)}:"
        + json.dumps(content[key], sort_keys=True, separators=(",", ":"), allow_nan=False)
        for key in content
    )
    return "{" + ",".join(parts) + "}"
