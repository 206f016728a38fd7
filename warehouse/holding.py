"""Holding back: deliveries that wait until a person has looked, and approved them with a reason.

Belongs here: the shrink guard (E_SHRINK), another key of pseudonyms (E_KEY), setting aside.
Does not belong here: recording an approval (`warehouse.landing`), rules of rows.
A held delivery is neither merged nor lost: every row of it counts as quarantined until then.
"""

import polars as pl

from schemas.problems import Problem
from schemas.tables import TABLES
from warehouse.sql import name
from warehouse.staging import StagedDelivery
from warehouse.store import Store
from warehouse.validation.verdict import PROBLEM_SCHEMA

#: Fewer cases than this share of what the site has is no update but a loss until a person says so.
#: Source: faults.md, section 2.
KEPT_SHARE = 0.8


def reasons_to_hold(store: Store, delivery: StagedDelivery) -> list[Problem]:
    """Why a staged delivery waits for a person; empty where it goes on."""
    approved = {
        str(rule)
        for (rule,) in store.rows(
            "select rule from received.approvals where delivery = ?", [delivery.number]
        )
    }
    remedy = (
        "Ask the site. If it is meant: imsct delivery approve "
        f'{delivery.site}/{delivery.name} --reason "..."; the next run then takes it in.'
    )
    said = [("E_SHRINK", text, remedy) for text in _shrunk(store, delivery)]
    said += [("E_KEY", text, remedy) for text in _another_key(store, delivery)]
    return [
        Problem(rule=rule, message=text, suggestion=what_to_do)
        for rule, text, what_to_do in said
        if rule not in approved
    ]


def hold_back(store: Store, delivery: StagedDelivery, reasons: list[Problem]) -> None:
    """Set a staged delivery aside: no row of it is judged, every one counts as quarantined."""
    number = delivery.number
    for table in (*(table.name for table in TABLES), "withdrawals"):
        store.con.execute(f"delete from staged.{name(table)} where _delivery = ?", [number])
    for layer in ("problems", "refused"):
        store.con.execute(f"delete from quarantine.{layer} where delivery = ?", [number])
    store.con.execute(
        "update staged.records set is_refused = true, tables = null where _delivery = ?", [number]
    )
    store.con.execute("update received.deliveries set status = 'held' where delivery = ?", [number])
    rows = [
        {"delivery": number, "site": delivery.site, "name": delivery.name, **reason.to_json()}
        for reason in reasons
    ]
    store.append("quarantine", "problems", pl.DataFrame(rows, schema=PROBLEM_SCHEMA))


def _shrunk(store: Store, delivery: StagedDelivery) -> list[str]:
    """What a full delivery lacks of what the site has; an unread file may hold it."""
    if delivery.mode != "full":
        return []
    found = []
    for table in TABLES:
        ((there, now, is_unread),) = store.rows(
            f"select (select count(*) from core.{name(table.name)} c"
            " join received.deliveries d on d.delivery = c._delivery where d.site = ?),"
            f" (select count(*) from (select distinct {', '.join(map(name, table.key))}"
            f" from staged.{name(table.name)} where _delivery = ?)),"
            " (select count(*) > 0 from staged.records where _delivery = ? and is_refused"
            " and (tables is null or list_contains(tables, ?)))",
            [delivery.site, delivery.number, delivery.number, table.name],
        )
        before, after = int(str(there)), int(str(now))
        if is_unread or not before:
            continue
        if table.name == "cases" and after < KEPT_SHARE * before:
            share = round(100 * (1 - after / before))
            found.append(
                f"The site has {before} cases; this delivery names {after}, {share} % fewer."
            )
        elif not after:
            found.append(f"The site has {before} rows of {table.name}; this delivery has none.")
    return found


def _another_key(store: Store, delivery: StagedDelivery) -> list[str]:
    """Pseudonyms made with another key: every patient of the site would be taken for a new one."""
    keys = store.rows(
        "select o.key_id, d.key_id from received.deliveries d join received.deliveries o"
        " on o.site = d.site and o.delivery < d.delivery and o.key_id is not null"
        " and o.status = 'received' where d.delivery = ? and d.key_id is not null"
        " order by o.delivery desc limit 1",
        [delivery.number],
    )
    return [
        f"The pseudonyms were made with another key ({new}) than those of the site so far ({old})."
        for old, new in keys
        if old != new
    ]
