"""The page on two snapshots: what came, went and moved, and which reported numbers moved with it.

Belongs here: the page's content from a difference and moved numbers, counts disclosed.
Does not belong here: finding the difference (`warehouse.difference`, `analyses.moved`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analyses import numbers
from analyses.disclosure import Shown, disclose
from analyses.ledger.movement import ClaimMoved
from analyses.moved import Moved
from analyses.report import environment, words
from analyses.report.claim_words import VERDICT_WORDS, statement


@dataclass(frozen=True)
class TableCounts:
    """Rows of a table that were added, are gone or changed, and changed rows by column."""

    table: str
    added: int
    gone: int
    changed: int
    columns: Mapping[str, int] = field(default_factory=dict)


def render_difference(
    *,
    before: str,
    after: str,
    cases: Mapping[str, int],
    tables: Sequence[TableCounts],
    moved: Sequence[Moved],
    claims: Sequence[tuple[str, ClaimMoved]] = (),
) -> bytes:
    """One self-contained HTML page.

    Parameters
    ----------
    before, after
        Ids of the two snapshots.
    cases
        Numbers of cases `added`, `corrected` and `gone`.
    tables
        One entry per table with a difference.
    moved
        Numbers of reports that both snapshots have.
    claims
        Claims that moved, each with its cohort.

    Returns
    -------
    bytes
        UTF-8; counts of 1 to 4 are shown as "<5".
    """
    counts: dict[tuple[str, ...], int] = {("cases", name): n for name, n in cases.items()}
    for entry in tables:
        for name in ("added", "gone", "changed"):
            counts[entry.table, name] = getattr(entry, name)
        for column, n in entry.columns.items():
            counts[entry.table, "column", column] = n
    shown = disclose(counts, sums=[], audience="internal", provenance=None)
    html = (
        environment.templates()
        .get_template("difference.html")
        .render(
            before=before,
            after=after,
            cases=[(name, shown["cases", name]) for name in cases],
            tables=[_table(entry, shown) for entry in tables],
            moved=[_moved(one) for one in moved],
            claims=[_claim(cohort, claim) for cohort, claim in claims],
            research_only=words.RESEARCH_ONLY,
        )
    )
    return html.encode("utf-8")


def _table(entry: TableCounts, shown: Mapping[tuple[str, ...], Shown]) -> dict[str, object]:
    """A table of the page."""
    return {
        "name": entry.table,
        "counts": [shown[entry.table, name] for name in ("added", "gone", "changed")],
        "columns": [(name, shown[entry.table, "column", name]) for name in entry.columns],
    }


def _claim(cohort: str, claim: ClaimMoved) -> dict[str, str]:
    """A claim then and now."""
    then, now = (VERDICT_WORDS[verdict] for verdict in claim.verdict)
    return {
        "cohort": words.COHORTS[cohort][1],
        "id": claim.id,
        "statement": statement(claim.id),
        "before": f"{then.shape} {then.word}",
        "after": f"{now.shape} {now.word}",
        "estimate": "outside its interval" if claim.is_shifted else "inside its interval",
    }


def _moved(one: Moved) -> dict[str, str]:
    """A moved number in words."""
    outside = {True: "outside", False: "inside", None: numbers.NONE}[one.is_outside]
    return {
        "plan": one.plan,
        "model": one.model,
        "what": one.what,
        "before": numbers.brief(one.before),
        "after": numbers.brief(one.after),
        "difference": numbers.brief(one.difference),
        "interval": numbers.interval(one.interval) if one.interval else numbers.NONE,
        "outside": outside,
    }
