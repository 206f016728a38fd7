"""The pages of endpoints and claims, from their declarations.

Belongs here: how an endpoint and a claim are set for a reader.
Does not belong here: the declarations (`analyses.endpoints`, `analyses.claims`), writing files
(`docs/write_pages.py`).
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from analyses import eligibility, endpoints, time_endpoints
from analyses.claim_rules import (
    FOR_EVERY_RULE,
    NOT_TESTABLE,
    VERDICT_RULES,
    VERDICTS,
    Claim,
    Statistic,
)
from analyses.claims import CLAIMS
from analyses.exact_tests import conditional_odds_ratio
from analyses.literature import every_published_table
from assets.readers.evidence import read_published_counts
from schemas.columns import Availability
from schemas.evidence import CONTRASTS, PublishedSign
from schemas.pages.words import AVAILABILITY, anchor, as_text, grid, number

_SECTION = re.compile(r"\n\n(?=[A-Z][a-z]+\n-+\n)")


def endpoints_page() -> str:
    """The page `docs/endpoints.md`."""
    lines = [
        "# Endpoints",
        "",
        "What is predicted, for whom, known when. A predictor dated after time zero is refused. "
        "Each endpoint is a column of the analysis table, one row per case; beside it stands "
        "`<endpoint>_exclusion`, the first reason why a case is not eligible. An endpoint of time "
        "also has `<endpoint>_months`, the time from time zero to the event or to the end of "
        "follow-up, and `<endpoint>_entry_months`, the time at which the case entered the registry "
        "(0 if before time zero). Every exclusion is counted in every report; none is made "
        "silently. Claims about tumours: [claims](claims.md).",
        "",
    ]
    for name, known in endpoints.ENDPOINTS.items():
        lines += _endpoint(name, Availability(known))
    return as_text(lines)


def _endpoint(name: str, known: Availability) -> Iterator[str]:
    """One endpoint: its docstring without parameters and examples, then its exclusions."""
    of_time = time_endpoints.TIME_ENDPOINTS.get(name)
    documented = inspect.getdoc(of_time or getattr(endpoints, f"add_{name}")) or ""
    about, *sections = _SECTION.split(documented)
    yield from (anchor(name), "", f"## {name}", "")
    for paragraph in about.split("\n\n"):
        yield from (" ".join(paragraph.split()), "")
    for section in sections:
        title, _, text = section.partition("\n")
        if title == "Notes":
            yield from (" ".join(text.lstrip("-\n").split()), "")
    yield from (f"Known: {AVAILABILITY[known].meaning}.", "")
    may_use = (f"`{when}`" for when in endpoints.known_at_prediction(name))
    yield from (f"Predicted from: {', '.join(may_use)}.", "", "Left out, in this order:", "")
    yield from (f"1. {reason}" for reason in eligibility.exclusions_of(name))
    yield from ("", "An eligible case without a recorded value stays missing, and is counted.", "")


def claims_page() -> str:
    """The page `docs/claims.md`."""
    lines = [
        "# Claim ledger",
        "",
        "Statements that are often made about intramedullary tumours, in own words, each with the "
        "columns and the statistic that could support or contradict it on the registry's cases, "
        "and with what the literature says. Labels of studies (`endo2022`) are resolved in "
        "[the list of sources](../assets/data/evidence/SOURCES.md). Every bound and every smallest "
        "effect that matters is an assumption of the project, not evidence.",
        "",
        "Every run holds the claims against each cohort of the snapshot: "
        "`results/claims-<cohort>-<snapshot>/claims.json` has the numbers and "
        "`reports/claims-<cohort>-<snapshot>/report.html` is the page, which also says how each "
        "verdict moved since the last snapshot. How the statistics under V4 are computed: "
        "[added value](decisions/added-value.md).",
        "",
        *_verdicts(),
        "## Claims",
        "",
        *grid(
            ("id", "claim", "rules"),
            ((f"[{c.id}](#{c.id.lower()})", c.statement, ", ".join(_rules(c))) for c in CLAIMS),
        ),
        "",
    ]
    for claim in CLAIMS:
        lines += _claim(claim)
    lines += _published_tables()
    lines += ["## Said as well, and not testable here", ""]
    lines += [f"- {statement}" for statement in NOT_TESTABLE]
    return as_text(lines)


def _published_tables() -> Iterator[str]:
    """The published two-by-two tables, computed again from their counts."""
    yield from (
        anchor("published-tables"),
        "",
        "## Published two-by-two tables, computed again",
        "",
        "Every table of one study that sets a sign against an outcome, from the counts in "
        "`assets/data/evidence/published_counts.csv`. Conditional odds ratio with exact limits, "
        "two-sided p of Fisher's exact test; the three p-values that a study prints come out to "
        "the printed digit. A test and exact limits may disagree near 0.05: they are inverted "
        "differently. `inf`: a cell is empty. Counts marked * are doubtful, the "
        "reason is in the list of sources. The arms of different studies are never set against "
        "each other. How they stand beside a cohort, and when they are pooled: "
        "[published evidence](decisions/published-prior.md).",
        "",
    )
    header = ("sign", "study", "with it", "without", "odds ratio", "p", "printed p")
    yield from grid(
        header, (_table_row(s, r) for s, r in every_published_table(read_published_counts()))
    )
    yield ""


def _table_row(sign: PublishedSign, row: dict[str, Any]) -> tuple[str, ...]:
    """One published table as text."""
    contrast, cells = CONTRASTS[sign.outcome], row["cells"]
    found = conditional_odds_ratio(np.array(list(cells.values())).reshape(2, 2))
    assert found is not None  # no published table has an empty side
    sides = (
        f"{cells[f'{side}_has']} of {cells[f'{side}_has'] + cells[f'{side}_lacks']} {name}"
        for side, name in (("with", contrast.with_it), ("without", contrast.without_it))
    )
    ratio, low, high = (f"{value:.3g}" for value in (found.estimate, found.low, found.high))
    return (
        f"`{sign.column}`: {sign.said}",
        row["study"] + (" *" if row["doubtful"] else ""),
        *sides,
        f"{ratio} ({low} to {high})",
        f"{row['p']:.2g}",
        row["printed_p"] or "",
    )


def _rules(claim: Claim) -> list[str]:
    """The verdict rules of a claim, each once."""
    return list(dict.fromkeys(statistic.rule for statistic in claim.statistics))


def _verdicts() -> Iterator[str]:
    """The verdicts and the rules that lead to them."""
    yield from ("## Verdicts", "")
    yield from (*grid(("verdict", "it says"), ((f"`{v}`", t) for v, t in VERDICTS.items())), "")
    yield from ("## Verdict rules", "")
    yield from (f"- {sentence}" for sentence in FOR_EVERY_RULE)
    yield ""
    for name, rule in VERDICT_RULES.items():
        smallest = (
            f"; d, the smallest effect that matters, is {number(rule.smallest)}"
            if rule.smallest is not None
            else ""
        )
        yield from (anchor(name.lower()), "", f"**{name}**, {rule.estimate}{smallest}:", "")
        yield from (f"- `{verdict}`: {when}" for verdict, when in rule.verdicts.items())
        yield ""


def _claim(claim: Claim) -> Iterator[str]:
    """One claim with all that belongs to it."""
    yield from (anchor(claim.id.lower()), "", f"### {claim.id}. {claim.statement}", "")
    for statistic in claim.statistics:
        rule = f"[{statistic.rule}](#{statistic.rule.lower()})"
        yield f"- Statistic: {statistic.name}; {rule}, claimed {_claimed(statistic)}"
    columns = [f"[{c}](dictionary.md#{c.replace('.', '-')})" for c in claim.columns]
    columns += [f"[{m}](vocabularies.md#measures)" for m in claim.measures]
    yield f"- Rests on: {', '.join(columns)}"
    if claim.literature:
        yield "- Literature:"
        yield from (f"  - {finding.text} ({finding.source})" for finding in claim.literature)
    yield from (f"- Caveat: {claim.caveat}", "")


def _claimed(statistic: Statistic) -> str:
    """The side of a claim and what decides."""
    rule = VERDICT_RULES[statistic.rule]
    words = {">": "above", "<": "below"}[statistic.side]
    if rule.no_effect is None:
        return f"{words} {number(statistic.limit)}"
    own = f" {statistic.unit}".rstrip()
    return f"{words} {number(rule.no_effect)} (d = {number(statistic.limit)}{own})"
