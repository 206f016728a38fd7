"""`imsct snapshot diff`: what lies between two snapshots, as text, JSON and a page.

Belongs here: gathering rows, reported numbers and claims of both, and saying it.
Does not belong here: comparing (`warehouse.difference`, `analyses.moved`,
`analyses.ledger.movement`).
"""

import json
from pathlib import Path
from typing import Any

from analyses import numbers
from analyses.ledger import release_claims
from analyses.ledger.movement import ClaimMoved, movement
from analyses.moved import Moved, moved_numbers
from analyses.report import TableCounts, render_difference
from assets.claims import read_ledger
from assets.results import COHORTS
from schemas.showing import counted
from warehouse.difference import Difference, TableDifference, difference_between
from warehouse.files import write_atomically
from warehouse.home import Home

#: Case ids listed in the text; the JSON has all.
_LISTED = 12
Claims = list[tuple[str, ClaimMoved]]


def difference_listing(
    home: Home, before: str, after: str, *, as_json: bool, html_file: Path | None
) -> str:
    """The difference of two snapshots, as asked for; a page is written to `html_file`."""
    found = difference_between(home, before, after)
    moved, claims = _moved(home, before, after), _claims(home, before, after)
    if html_file is not None:
        page = render_difference(
            before=before,
            after=after,
            cases={
                "added": len(found.cases_added),
                "corrected": len(found.cases_corrected),
                "gone": len(found.cases_gone),
            },
            tables=[_counts(table) for table in found.tables],
            moved=moved,
            claims=claims,
        )
        write_atomically(html_file, page)
        return f"{html_file}: written"
    return _as_json(found, moved, claims) if as_json else _as_text(found, moved, claims)


def _moved(home: Home, before: str, after: str) -> list[Moved]:
    """Numbers of every plan that has results on both snapshots."""
    found: list[Moved] = []
    for path in sorted(home.results.glob(f"*-{before}/results.json")):
        plan = path.parent.name.removesuffix(f"-{before}")
        other = home.results / f"{plan}-{after}" / "results.json"
        if other.exists():
            old, new = (json.loads(p.read_text(encoding="utf-8")) for p in (path, other))
            found += moved_numbers(old, new, plan=plan)
    return found


def _claims(home: Home, before: str, after: str) -> Claims:
    """Claims of every cohort whose verdict moved, or an estimate out of its interval."""
    found: Claims = []
    for cohort in COHORTS:
        old, new = (read_ledger(home, cohort, snapshot) for snapshot in (before, after))
        if old is not None and new is not None:
            moved = movement(release_claims(old), release_claims(new)).moved
            found += [(cohort, claim) for claim in moved]
    return found


def _counts(table: TableDifference) -> TableCounts:
    """A table's difference as numbers."""
    return TableCounts(
        ".".join(table.table),
        len(table.added),
        len(table.gone),
        len(table.changed),
        table.columns,
    )


def _as_text(found: Difference, moved: list[Moved], claims: Claims) -> str:
    """For a person."""
    lines = [f"from {found.before} to {found.after}"]
    for what, cases in (
        ("added", found.cases_added),
        ("corrected", found.cases_corrected),
        ("gone", found.cases_gone),
    ):
        listed = ", ".join(cases[:_LISTED])
        more = f", and {len(cases) - _LISTED} more" if len(cases) > _LISTED else ""
        said = f"{counted(len(cases), 'case')} {what}"
        lines.append(f"{said}: {listed}{more}" if cases else said)
    for table in found.tables:
        lines.append(
            f"{'.'.join(table.table)}: {counted(len(table.added), 'row')} added, "
            f"{len(table.gone)} gone, {len(table.changed)} changed"
        )
        if table.columns:
            lines.append(
                "    moved: " + ", ".join(f"{name} ({n})" for name, n in table.columns.items())
            )
        for names, what in ((table.columns_added, "new"), (table.columns_gone, "gone")):
            if names:
                lines.append(f"    columns {what}: {', '.join(names)}")
    lines.append(f"{counted(len(moved), 'reported number')} moved")
    lines += [f"    {_moved_text(one)}" for one in moved]
    lines.append(f"{counted(len(claims), 'claim')} moved")
    lines += [f"    {_claim_text(cohort, claim)}" for cohort, claim in claims]
    return "\n".join(lines)


def _moved_text(one: Moved) -> str:
    """One moved number in a line."""
    where = f"{one.plan}, {one.model}: {one.what}" if one.model else f"{one.plan}: {one.what}"
    said = f"{where} {numbers.brief(one.before)} -> {numbers.brief(one.after)}"
    if one.difference is not None:
        said += f" ({'+' if one.difference > 0 else ''}{numbers.brief(one.difference)})"
    if one.interval is not None:
        place = "outside" if one.is_outside else "inside"
        said += f", {place} the interval before, {numbers.interval(one.interval)}"
    return said


def _claim_text(cohort: str, claim: ClaimMoved) -> str:
    """One claim in a line."""
    then, now = (word or "not computed" for word in claim.verdict)
    verdict = f"{then} -> {now}" if claim.is_moved else f"{now} as before"
    shifted = ", an estimate left its interval" if claim.is_shifted else ""
    return f"claims, {cohort}: {claim.id} {verdict}{shifted}"


def _claim_fields(cohort: str, claim: ClaimMoved) -> dict[str, object]:
    """One claim for a program."""
    return {
        "cohort": cohort,
        "claim": claim.id,
        "verdict_before": claim.verdict[0],
        "verdict_after": claim.verdict[1],
        "is_estimate_outside": claim.is_shifted,
    }


def _as_json(found: Difference, moved: list[Moved], claims: Claims) -> str:
    """For a program: every key and column, no value of a row."""
    content: dict[str, Any] = {
        "before": found.before,
        "after": found.after,
        "cases": {
            "added": list(found.cases_added),
            "corrected": list(found.cases_corrected),
            "gone": list(found.cases_gone),
        },
        "tables": [
            {
                "table": ".".join(table.table),
                "added": [list(key) for key in table.added],
                "gone": [list(key) for key in table.gone],
                "changed": [
                    {"key": list(key), "columns": list(columns)}
                    for key, columns in table.changed.items()
                ],
                "columns_added": list(table.columns_added),
                "columns_gone": list(table.columns_gone),
            }
            for table in found.tables
        ],
        "numbers": [
            {
                "plan": one.plan,
                "model": one.model or None,
                "what": one.what,
                "before": one.before,
                "after": one.after,
                "difference": one.difference,
                "interval": None if one.interval is None else list(one.interval),
                "is_outside": one.is_outside,
            }
            for one in moved
        ],
        "claims": [_claim_fields(cohort, claim) for cohort, claim in claims],
    }
    return json.dumps(content, indent=1, ensure_ascii=False)
