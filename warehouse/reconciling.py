"""Reconciling: what the store holds, told to the ledger after every merge, compared at opening.

Belongs here: the `merged` event, the store's note of it, refusing a store that does not agree.
Does not belong here: the ledger's own chain (`warehouse.ledger`), merging (`warehouse.merge`),
published files (`warehouse.verification`).
The store commits first and the ledger is told after it. So a crash leaves a store that is ahead of
its newest `merged` event, which is sound: it goes on. A store that is behind has lost something.
"""

from typing import NamedTuple, cast

from schemas.errors import IntegrityError, StorageError
from schemas.tables import TABLES
from warehouse.encryption import key_of
from warehouse.home import Home
from warehouse.ledger import Event, Ledger
from warehouse.sql import name
from warehouse.store import Store

#: After a merge, and before a store that is missing is built again.
MERGED, REBUILDING = "merged", "rebuilding"
#: What is compared: every version of every row, every refused row, the account of every delivery.
_COMPARED = (
    *(("history", table.name) for table in TABLES),
    ("history", "tombstones"),
    ("quarantine", "refused"),
    ("received", "deliveries"),
)
_REBUILD = (
    "Run 'imsct materialize --rebuild': it builds it again from received/ and the ledger, and "
    "keeps it until that has worked."
)


class _Noted(NamedTuple):
    """The store's note: the `merged` event that describes it, and whether it has changed since.

    `entered` is the ledger's newest event when deliveries and decisions were last entered.
    """

    seq: int | None
    hash: str | None
    is_open: bool
    entered: int


def open_reconciled(home: Home) -> Store:
    """The store of a home, compared with its ledger.

    Raises
    ------
    StorageError
        If there is none: only a run makes one.
    IntegrityError
        If they do not agree (E_LEDGER).
    """
    if is_missing(home):
        raise StorageError("There is no database. Run 'imsct materialize' to build it.")
    store = Store.open(home.database, key=key_of(home))
    try:
        reconcile(store, Ledger.open(home.ledger))
    except BaseException:
        store.close()
        raise
    return store


def is_missing(home: Home) -> bool:
    """Whether a home has no database at all, not even the log of one."""
    log = home.database.with_name(f"{home.database.name}.wal")
    return not (home.database.exists() or log.exists())


def announce_rebuild(home: Home, ledger: Ledger) -> None:
    """Tell the ledger that a database that is missing is built again, before a file of it is there.

    A run that is killed between the two would leave an empty file that looks like one that lost
    its rows.
    """
    merges = ledger.events(MERGED)
    if merges and is_missing(home) and not _after(ledger, merges[-1]):
        ledger.append(REBUILDING)


def reconcile(store: Store, ledger: Ledger) -> bool:
    """Compare a store that was just opened with its ledger; read the ledger after opening it.

    Returns
    -------
    bool
        Whether the store was missing, and is to be built again from `received/` and the ledger.

    Raises
    ------
    IntegrityError
        If the store is of another ledger, older than its ledger, or has not the rows it should.
    """
    noted = _noted(store)
    _demand_same_ledger(store, ledger, noted)
    merges = ledger.events(MERGED)
    if not merges:
        return False
    last = merges[-1]
    if store.is_new:
        if not _after(ledger, last):
            ledger.append(REBUILDING)
        return True
    if noted.seq != last.seq:
        is_being_rebuilt = noted.seq is None and bool(_after(ledger, last))
        if not is_being_rebuilt:
            _demand_contents(store, last)  # a crash before the store could note it
            _note(store, last)
    elif not noted.is_open:
        _demand_counts(store, last)
    return False


def enter_books(store: Store, ledger: Ledger) -> None:
    """Note that the store now changes, and what of the ledger it knows; within a transaction."""
    store.con.execute("update received.accounted set is_open = true, entered = ?", [ledger.head[0]])


def record_merge(store: Store, ledger: Ledger) -> Event | None:
    """Tell the ledger what the store holds, if that has changed and every account is closed.

    The event has, for every compared table, rows and a hash of their content; and status, records
    received, accepted and quarantined of every delivery whose account is new or another one.
    """
    noted = _noted(store)
    waiting = store.rows("select 1 from received.deliveries where accepted is null limit 1")
    if not noted.is_open or waiting:
        return None
    told = accounted(ledger)
    accounts = {
        str(number): list(account)
        for number, *account in store.rows(
            "select delivery, status, received, accepted, quarantined from received.deliveries"
            " order by delivery"
        )
    }
    event = ledger.append(
        MERGED,
        entered=noted.entered,
        deliveries={n: account for n, account in accounts.items() if told.get(n) != account},
        tables=contents(store),
    )
    _note(store, event)
    return event


def accounted(ledger: Ledger) -> dict[str, object]:
    """The account of every delivery that was merged, by number, as the ledger has it last."""
    told: dict[str, object] = {}
    for event in ledger.events(MERGED):
        told |= cast("dict[str, object]", event.payload["deliveries"])
    return told


def contents(store: Store) -> dict[str, dict[str, object]]:
    """Rows and content hash of every compared table.

    The hash is over the sorted hashes of the rows, so that their order plays no part; each row is
    a text with the engine's own shortest text of a number.
    """
    found = {}
    for layer, table in _COMPARED:
        ((rows, digest),) = store.rows(
            "select count(*), sha256(coalesce(string_agg(h, '' order by h), '')) from"
            f" (select sha256({_row_text(store, layer, table)}) as h from {layer}.{name(table)})"
        )
        found[f"{layer}.{table}"] = {"rows": rows, "sha256": digest}
    return found


def entered_before(ledger: Ledger, seq: int) -> int:
    """The newest event that a store knew when it was published after event `seq`."""
    entered = [e.payload["entered"] for e in ledger.events(MERGED) if e.seq <= seq]
    return int(str(entered[-1])) if entered else seq


def demand_contents(store: Store, ledger: Ledger) -> None:
    """Compare the content of every table with the newest `merged` event, row by row.

    Raises
    ------
    IntegrityError
        If a table has other rows; a store that has changed since is not compared.
    """
    merges = ledger.events(MERGED)
    if merges and not _noted(store).is_open:
        _demand_contents(store, merges[-1])


def _row_text(store: Store, layer: str, table: str) -> str:
    """SQL: the one text of a row. No cell holds a tab: they are refused at reading (E_CHAR)."""
    columns = store.rows(
        "select column_name, data_type from information_schema.columns"
        " where table_schema = ? and table_name = ? order by ordinal_position",
        [layer, table],
    )
    texts = []
    for column, kind in columns:
        cell = name(str(column))
        if kind == "VARCHAR":
            texts.append(f"coalesce('\"' || {cell} || '\"', '~')")
        else:
            texts.append(f"coalesce(cast({cell} as varchar), '~')")
    return f"concat_ws(chr(9), {', '.join(texts)})"


def _noted(store: Store) -> _Noted:
    """The store's note."""
    ((seq, digest, is_open, entered),) = store.rows(
        "select seq, hash, is_open, entered from received.accounted"
    )
    return _Noted(
        None if seq is None else int(str(seq)),
        None if digest is None else str(digest),
        bool(is_open),
        int(str(entered)),
    )


def _note(store: Store, event: Event) -> None:
    """Note which event describes the store."""
    store.con.execute(
        "update received.accounted set seq = ?, hash = ?, is_open = false", [event.seq, event.hash]
    )


def _after(ledger: Ledger, last: Event) -> list[Event]:
    """The rebuilds that were begun after the newest merge, and did not come to their end."""
    return [event for event in ledger.events(REBUILDING) if event.seq > last.seq]


def _demand_same_ledger(store: Store, ledger: Ledger, noted: _Noted) -> None:
    """Every event that the store rests on is in the ledger."""
    events = ledger.events()
    seq = noted.seq or 0
    is_known = not seq or (seq <= len(events) and events[seq - 1].hash == noted.hash)
    received = {e.seq: e.payload["content_id"] for e in ledger.events("received")}
    entered = store.rows(
        "select delivery, content_id from received.deliveries where content_id is not null"
    )
    foreign = [number for number, content in entered if received.get(int(str(number))) != content]
    if is_known and not foreign:
        return
    raise IntegrityError(
        f"{_shown(store)} (E_LEDGER): it rests on event seq {seq if not is_known else foreign[0]}, "
        "which the ledger does not hold as it was. Nothing was read from it.",
        "Is the database of another home? Run 'imsct materialize --rebuild': it builds this home's "
        "own. Is the ledger older than the database? Restore ledger/ledger.jsonl from a backup.",
    )


def _demand_counts(store: Store, last: Event) -> None:
    """Every table has as many rows as the ledger says."""
    differing = [
        f"{table} has {store.count(*table.split('.'))} rows, not {said['rows']}"
        for table, said in _tables(last).items()
        if store.count(*table.split(".")) != said["rows"]
    ]
    if differing:
        raise IntegrityError(
            f"{_shown(store)} (E_LEDGER): it is not as ledger event seq {last.seq} says: "
            f"{'; '.join(differing[:3])}. Nothing was read from it.",
            _REBUILD,
        )


def _demand_contents(store: Store, last: Event) -> None:
    """Every table has the content that the ledger says."""
    now, said = contents(store), _tables(last)
    differing = sorted(table for table in {*now, *said} if now.get(table) != said.get(table))
    if differing:
        raise IntegrityError(
            f"{_shown(store)} (E_LEDGER): {', '.join(differing[:3])} and what the ledger recorded "
            f"under seq {last.seq} differ: the database is older than its ledger, or was changed "
            f"from outside; a write-ahead log that is deleted does that. Nothing was read from it.",
            _REBUILD,
        )


def _tables(event: Event) -> dict[str, dict[str, object]]:
    """What a `merged` event says of every table."""
    return cast("dict[str, dict[str, object]]", event.payload["tables"])


def _shown(store: Store) -> str:
    """The file's name."""
    return store.path.name if store.path else "memory"
