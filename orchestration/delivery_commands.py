"""The commands `imsct delivery`: what was received, and what a person decides about it.

Belongs here: listing and showing deliveries, approving one that waits, withdrawing one.
Does not belong here: the decisions themselves (`warehouse.decisions`), handing over
(`orchestration.delivering`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from orchestration.listing import json_text, open_store, problem_lines, table_text
from schemas.errors import UsageError
from schemas.problems import Problem
from warehouse.anchors import open_to_write
from warehouse.decisions import approve, erased, named_delivery, withdraw, withdrawn
from warehouse.home import Home
from warehouse.landing import Duplicate, ReceivedDelivery, duplicates, received_deliveries
from warehouse.ledger import Ledger
from warehouse.quarantine import delivery_counts, findings_to_approve, problems_of

_NEXT = "'imsct materialize' takes it into account; what was published before stays as it is."


def list_deliveries(home: Home, *, site: str | None, is_json: bool) -> str:
    """Every delivery with its account, in the order of the ledger."""
    ledger = Ledger.open(home.ledger)
    received = {d.seq: d for d in received_deliveries(ledger)}
    with open_store(home) as store:
        counts = delivery_counts(store)
    if site is not None:
        known = sorted(set(counts["site"].to_list()))
        if site not in known:
            raise UsageError(
                f"--site {site}: nothing was received from such a site. Known: {', '.join(known)}."
            )
        counts = counts.filter(pl.col("site") == site)
    rows = [
        {
            **row,
            "mode": received[row["sequence"]].mode if row["sequence"] in received else None,
            "status": _status(ledger, row),
        }
        for row in counts.iter_rows(named=True)
    ]
    rows += [_as_duplicate(d, counts.columns) for d in duplicates(ledger) if site in (None, d.site)]
    rows.sort(key=lambda row: row["sequence"])
    if is_json:
        return json_text({"deliveries": rows})
    header = ("site", "delivery", "mode", "status", "received", "accepted", "quarantined")
    lines = [tuple("" if row[name] is None else str(row[name]) for name in header) for row in rows]
    return table_text([header, *lines], numbers_from=4)


def show_delivery(home: Home, name: str, *, is_json: bool) -> str:
    """One delivery: its manifest, its account, what a person decided, what was found."""
    ledger = Ledger.open(home.ledger)
    again = next((d for d in duplicates(ledger) if f"{d.site}/{d.folder}" == name), None)
    delivery = again.received_as if again else named_delivery(ledger, name)
    also = [d.folder for d in duplicates(ledger) if d.received_as.seq == delivery.seq]
    with open_store(home) as store:
        counts = delivery_counts(store).filter(pl.col("sequence") == delivery.seq)
        problems = [Problem(**row) for row in problems_of(store, delivery.seq).to_dicts()]
    decided = [
        {"kind": e.kind, "time": e.time, "reason": e.payload["reason"], "seq": e.seq}
        for kind in ("approved", "withdrawn")
        for e in ledger.events(kind)
        if e.payload["number"] == delivery.seq
    ]
    account = counts.row(0, named=True) if counts.height else None
    if is_json:
        return json_text(
            {
                "delivery": _described(delivery),
                "account": account,
                "decisions": decided,
                "duplicates": also,
                "problems": [problem.to_json() for problem in problems],
            }
        )
    lines = (
        [f"{name}: already received as {delivery.delivery}, which follows.", ""] if again else []
    )
    lines += [f"{key:<16}{value}" for key, value in _described(delivery).items() if key != "files"]
    lines += [f"came again as   {', '.join(also)}"] if also else []
    if account is None or account["received"] is None:
        lines += ["account         not taken in yet: 'imsct materialize'"]
    else:
        lines += [f"status          {_status(ledger, account)}"]
        lines += [
            f"account         {account['received']} received = {account['accepted']} accepted + "
            f"{account['quarantined']} quarantined"
        ]
    lines += [f"{d['kind']:<16}{d['time']} (ledger seq {d['seq']}): {d['reason']}" for d in decided]
    files = [(f.file, str(f.rows), f"{f.sha256[:16]}...") for f in delivery.files]
    lines += ["", table_text([("file", "rows", "sha256"), *files]), ""]
    return "\n".join([*lines, *problem_lines(problems)]).rstrip()


def approve_delivery(home: Home, name: str, *, reason: str) -> str:
    """Approve a delivery in spite of what holds it back, or confirm the unit of its measures.

    Raises
    ------
    UsageError
        If nothing of it waits for an approval.
    """
    ledger = open_to_write(home)
    delivery = named_delivery(ledger, name)
    with open_store(home) as store:
        findings = findings_to_approve(store, delivery.seq)
    if not findings or delivery.seq in withdrawn(ledger):
        raise UsageError(
            f"{name}: nothing of it waits for an approval. E_SHRINK, E_KEY and R083 do; "
            "'imsct delivery list' shows what is held."
        )
    event = approve(ledger, delivery, findings=findings, reason=reason)
    said = ", ".join(sorted({f"{rule} {measure}".strip() for rule, measure in findings}))
    return f"{name}: approved in spite of {said} (ledger seq {event.seq}). {_NEXT}"


def withdraw_delivery(home: Home, name: str, *, reason: str) -> str:
    """Withdraw a delivery: from the next run on it counts as if it had never come."""
    ledger = open_to_write(home)
    event = withdraw(ledger, named_delivery(ledger, name), reason=reason)
    return f"{name}: withdrawn (ledger seq {event.seq}). {_NEXT}"


def _status(ledger: Ledger, account: Mapping[str, Any]) -> str:
    """What a delivery is: the store learns of a withdrawal with the next run only."""
    number = account["sequence"]
    if number in erased(ledger):
        return "erased"
    return "withdrawn" if number in withdrawn(ledger) else str(account["status"])


def _as_duplicate(found: Duplicate, columns: Sequence[str]) -> dict[str, Any]:
    """A folder whose content was there already: no record of it counts a second time."""
    return {
        **dict.fromkeys(columns),
        "sequence": found.seq,
        "site": found.site,
        "delivery": found.folder,
        "provenance": found.received_as.provenance,
        "mode": found.received_as.mode,
        "status": f"duplicate of {found.received_as.delivery}",
    }


def _described(delivery: ReceivedDelivery) -> dict[str, object]:
    """What the manifest says."""
    return {
        "site": delivery.site,
        "delivery": delivery.delivery,
        "ledger_seq": delivery.seq,
        "mode": delivery.mode,
        "supersedes": delivery.supersedes,
        "created": delivery.created,
        "profile": delivery.profile,
        "schema_version": delivery.schema_version,
        "id_scheme": delivery.id_scheme,
        "key_id": delivery.key_id,
        "rows": delivery.rows,
        "files": [vars(file) for file in delivery.files],
    }
