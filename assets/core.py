"""Core tables: the rows that passed every error-level rule; the others go to quarantine.

Belongs here: one asset per table of `schemas.tables`, all from one factory, and the account of
records.
Does not belong here: rules (`schemas`), SQL (`warehouse`), statistics (`analyses`).
"""

import dagster as dg

from assets.context import Line
from assets.redaction import redacted
from schemas.catalogue import checks_of, rules_of
from schemas.checks import Check, PredicateCheck
from schemas.expressions import tables_of
from schemas.table import Table
from schemas.tables import TABLES
from warehouse.accounts import close_accounts
from warehouse.merge import merge
from warehouse.quarantine import broken_by_rule
from warehouse.reconciling import record_merge
from warehouse.site_findings import judge_sites
from warehouse.validation.verdict import Verdict, validate


def _core_asset(table: Table) -> dg.AssetsDefinition:
    """The asset of one core table, with one asset check per rule."""
    rules = rules_of(table.name)
    key = dg.AssetKey(["core", table.name])

    @dg.asset(
        key=key,
        deps=[["staged", name] for name in _read_with(table)]
        + [["core", parent] for parent in sorted(set(table.parents.values()))],
        group_name="core",
        description=f"{table.description}\n\nOne row: {table.grain}.",
        check_specs=[
            dg.AssetCheckSpec(name=rule, asset=key, description=check.sentence)
            for rule, check in rules.items()
        ],
        pool="duckdb_writer",
        kinds={"duckdb"},
    )
    @redacted
    def core_table(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
        verdict = validate(line.store, table, official=line.official)
        merged = merge(line.store, verdict)
        line.say(
            f"core/{table.name}: {merged.staged} staged, {merged.accepted} accepted, "
            f"{merged.refused} in quarantine"
        )
        return dg.MaterializeResult(
            metadata={
                "staged": merged.staged,
                "accepted": merged.accepted,
                "quarantined": merged.refused,
                "rows": line.store.count("core", table.name),
                "broken_by_rule": dg.MetadataValue.json(_counts(verdict)),
            },
            check_results=_check_results(line, table, rules),
        )

    return core_table


def _read_with(table: Table) -> list[str]:
    """Staged tables that the checks of a table read: its own, its parents', and related ones."""
    related = {
        other
        for check in checks_of(table.name)
        if isinstance(check, PredicateCheck)
        for other in tables_of(check.holds)
    }
    return sorted({table.name, *table.parents.values(), *related})


def _counts(verdict: Verdict) -> dict[str, int]:
    """Broken rows per rule in this run; counts, never row values."""
    return {rule: n for rule, n in verdict.counts_by_rule().items() if n}


def _check_results(line: Line, table: Table, rules: dict[str, Check]) -> list[dg.AssetCheckResult]:
    """One result per rule, over the current delivery of every site."""
    broken = broken_by_rule(line.store, table.name)
    # R037 has checks of both severities: a warning alone must not show as an error.
    errors = broken_by_rule(line.store, table.name, severity="error")
    return [
        dg.AssetCheckResult(
            check_name=rule,
            passed=broken.get(rule, 0) == 0,
            severity=(
                dg.AssetCheckSeverity.ERROR
                if rule in errors or (check.severity == "error" and rule not in broken)
                else dg.AssetCheckSeverity.WARN
            ),
            metadata={"broken": broken.get(rule, 0)},
        )
        for rule, check in rules.items()
    ]


core_tables = [_core_asset(table) for table in TABLES]


@dg.asset(
    key=["quarantine", "problems"],
    deps=[["core", table.name] for table in TABLES],
    group_name="quarantine",
    pool="duckdb_writer",
    kinds={"duckdb"},
)
@redacted
def quarantine_problems(line: dg.ResourceParam[Line]) -> dg.MaterializeResult:
    """One row per (row, rule), with place and remedy; accepted + quarantined = received."""
    accounts = close_accounts(line.store)
    unusual = judge_sites(line.store)
    record_merge(line.store, line.ledger)
    line.say(
        f"quarantine: {accounts['received'].sum()} records received = "
        f"{accounts['accepted'].sum()} accepted + {accounts['quarantined'].sum()} quarantined"
    )
    return dg.MaterializeResult(
        metadata={
            "received": int(accounts["received"].sum()),
            "accepted": int(accounts["accepted"].sum()),
            "quarantined": int(accounts["quarantined"].sum()),
            "problems": line.store.count("quarantine", "problems"),
            "findings_on_sites": unusual,
        }
    )
