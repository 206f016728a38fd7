"""`imsct snapshot diff`: what lies between two snapshots, as text, JSON and a page.

Belongs here: gathering rows and reported numbers of both, and saying it.
Does not belong here: comparing (`warehouse.difference`, `analyses.moved`).
"""

import json
from pathlib import Path
from typing import Any

from analyses import numbers
from analyses.moved import Moved, moved_numbers
from analyses.report import TableCounts, render_difference
from schemas.showing import counted
from warehouse.difference import Difference, TableDifference, difference_between
from warehouse.files import write_atomically
from warehouse.home import Home

#: Case ids listed in the text; the JSON has all.
_LISTED = 12


def difference_listing(
    home: Home, before: str, after: str, *, as_json: bool, html_file: Path | None
) -> str:
    """The difference of two snapshots, as asked for; a page is written to `html_file`."""
    found = difference_between(home, before, after)
    moved = _moved(home, before, after)
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
        )
        write_atomically(html_file, page)
        return f"{html_file}: written"
    return _as_json(found, moved) if as_json else _as_text(found, moved)


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


def _counts(table: TableDifference) -> TableCounts:
    """A table's difference as numbers."""
    return TableCounts(
        ".".join(table.table),
        len(table.added),
        len(table.gone),
        len(table.changed),
        table.columns,
    )


def _as_text(found: Difference, moved: list[Moved]) -> str:
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


def _as_json(found: Difference, moved: list[Moved]) -> str:
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
    }
    return json.dumps(content, indent=1, ensure_ascii=False)
