"""The page of the claim ledger: every claim with its verdict, what it rests on, and how it moved.

Belongs here: the order of the page, rows of its tables, sentences about movement.
Does not belong here: verdicts and numbers (`analyses.ledger`), fixed words
(`analyses.report.claim_words`), figures (`analyses.report.claim_pictures`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses import numbers
from analyses.claim_rules import FOR_EVERY_RULE, VERDICT_RULES, VERDICTS
from analyses.claims import CLAIMS
from analyses.cohort import labels_of_columns
from analyses.ledger import release_claims
from analyses.ledger.movement import ClaimMoved, Movement, StatisticMoved, movement
from analyses.report import environment, words
from analyses.report.claim_pictures import overviews, parts
from analyses.report.claim_words import (
    FIRST,
    MEANING,
    NOBODY,
    ORDER,
    VERDICT_WORDS,
    WITHHELD,
    bare_of,
    decides,
    estimate_of,
    groups_of,
    headline,
    in_words,
    interval_of,
    probability,
    sentence,
    statement,
)

Released = dict[str, Any]


def render_claims(document: Mapping[str, Any], *, before: Mapping[str, Any] | None = None) -> bytes:
    """One self-contained HTML file about the claims on one cohort of a snapshot.

    Parameters
    ----------
    document
        As `analyses.ledger.whole.whole_ledger` gives it; not changed.
    before
        The ledger of the same cohort on the snapshot before; None for the first one.

    Returns
    -------
    bytes
        UTF-8. The same two documents give the same bytes in the same locked environment.
    """
    page = released(document)
    moved = None if before is None else movement(release_claims(before), page)
    made = context(page, moved, tested=_tested(document))
    html = environment.templates().get_template("claims.html").render(made)
    return html.encode("utf-8")


def released(document: Mapping[str, Any]) -> Released:
    """The released ledger; `is_withheld` says where an estimate is there and may not be seen."""
    page = release_claims(document)
    for raw, claim in zip(document["claims"], page["claims"], strict=True):
        for name in ("statistics", "beside"):
            for one, shown in zip(raw[name], claim[name], strict=True):
                rows = [(one, shown)]
                for part in ("definitions", "sites"):
                    rows += zip(one[part], shown[part], strict=True)
                for before, after in rows:
                    is_gone = before["estimate"] is not None and after["estimate"] is None
                    after["is_withheld"] = is_gone
    return page


def _tested(document: Mapping[str, Any]) -> int:
    """Claims that had enough cases for a test; told of the raw ledger, for a p may be withheld."""
    return sum(
        any(statistic["p_holm"] is not None for statistic in claim["statistics"])
        for claim in document["claims"]
    )


def context(page: Released, moved: Movement | None, *, tested: int) -> dict[str, Any]:
    """Everything the template names, from a released ledger."""
    provenance = page["cohort"]["provenance"]
    band, cohort, origin = words.COHORTS[provenance]
    claims, cases = page["claims"], page["cohort"]["cases"]
    made = {
        "title": page["title"],
        "provenance": provenance,
        "snapshot": page["provenance"]["snapshot"],
        "band": band,
        "cohort_name": cohort,
        "origin": origin,
        "research_only": words.RESEARCH_ONLY,
        "headline": headline([c["verdict"] for c in claims], cases=cases, tested=tested),
        "meaning": NOBODY if cases == 0 else MEANING[provenance],
        "cannot_bear": words.CANNOT_BEAR if provenance == "published" else (),
        "cases": cases,
        "withheld": WITHHELD if page["audience"] == "internal" else "",
        "n_claims": len(claims),
        "n_tested": tested,
        "statistics_tested": page["tested"],
        "groups": _by_verdict(claims),
        "overviews": overviews(claims, provenance=provenance),
        "claims": [_claim(claim, moved, provenance) for claim in claims],
        "moved": _moved(moved),
        "first": FIRST,
        "verdicts": [(VERDICT_WORDS[name], said) for name, said in VERDICTS.items()],
        "rules": VERDICT_RULES,
        "for_every_rule": [in_words(rule) for rule in FOR_EVERY_RULE],
        "not_testable": page["not_testable"],
        "page": page,
    }
    return made | {"contents": _contents(made)}


def _contents(made: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Sections that this page has, as (id, heading), in order."""
    every = (
        ("summary", "Summary", True),
        ("movement", "Since the last snapshot", True),
        ("together", "Every estimate at a glance", bool(made["overviews"])),
        ("each", "The claims one by one", True),
        ("rules", "How a verdict is reached", True),
        ("not-testable", "What cannot be tested here", True),
        ("origin", "Where the data come from", True),
        ("provenance", "Provenance of this file", True),
    )
    return [(name, heading) for name, heading, there in every if there]


def _by_verdict(claims: Sequence[Released]) -> list[dict[str, Any]]:
    """Claims under their verdicts, in the order of the page."""
    found = []
    for verdict in ORDER:
        mine = [claim for claim in claims if claim["verdict"] == verdict]
        if mine:
            rows = [_summary_row(claim) for claim in mine]
            found.append({"verdict": VERDICT_WORDS[verdict], "rows": rows})
    return found


def _summary_row(claim: Released) -> dict[str, Any]:
    """A claim in one line: the first statistic that could be tested stands for it."""
    told = [s for s in claim["statistics"] if s["p_holm"] is not None]
    first = (told or claim["statistics"])[0]
    more = len(told) - 1
    return {
        "id": claim["id"],
        "statement": statement(claim["id"]),
        "estimate": estimate_of(first, first["estimate"]) if told else "",
        "interval": interval_of(first, first["interval"]) if told else "",
        "instead": numbers.NONE if claim["verdict"] == "insufficient_data" else _instead(first),
        "more": f"and {more} more" if more > 0 else "",
        "cases": first["assessable"],
    }


def _claim(claim: Released, moved: Movement | None, provenance: str) -> dict[str, Any]:
    """Everything about one claim."""
    declared = next(c for c in CLAIMS if c.id == claim["id"])
    change = None if moved is None else moved.claims.get(claim["id"])
    return {
        "id": claim["id"],
        "statement": declared.statement,
        "verdict": VERDICT_WORDS[claim["verdict"]],
        "reason": claim["reason"],
        "rows": [row for s in claim["statistics"] for row in _rows(s, claim)]
        + [row for s in claim["beside"] for row in _rows(s, claim, is_beside=True)],
        "pictures": parts(claim, provenance=provenance),
        "literature": declared.literature,
        "caveat": declared.caveat,
        "movement": None if change is None else _movement(change),
        "exact": [_exact(s) for s in claim["statistics"]],
        "columns": [*declared.columns, *declared.measures],
    }


def _rows(statistic: Released, claim: Released, *, is_beside: bool = False) -> list[dict[str, Any]]:
    """A statistic in the table of its claim: the whole, then definitions, then sites."""
    name = sentence(statistic["name"]).removesuffix(".")
    whole = {
        "label": f"{name} (beside, no verdict)" if is_beside else name,
        "is_part": False,
        "cases": statistic["assessable"],
        "not_assessable": statistic["not_assessable"],
        "groups": groups_of(statistic["groups"]) + _models(statistic),
        "estimate": _bare(statistic, statistic),
        "interval": interval_of(statistic, statistic["interval"]),
        "verdict": None
        if is_beside or len(claim["statistics"]) == 1
        else VERDICT_WORDS[statistic["verdict"]],
    }
    parts_of = [(words.human(d["definition"]), d) for d in statistic["definitions"]]
    parts_of += [(f"Site {site['site']}", site) for site in statistic["sites"]]
    return [whole] + [
        {
            "label": label,
            "is_part": True,
            "cases": part["n"],
            "not_assessable": "",
            "groups": groups_of(part.get("groups") or ()),
            "estimate": _bare(statistic, part),
            "interval": interval_of(statistic, part["interval"]),
            "verdict": None,
        }
        for label, part in parts_of
    ]


def _bare(statistic: Released, row: Released) -> str:
    """An estimate of a table, or why there is none."""
    if row["estimate"] is None:
        return _instead(row)
    return bare_of(statistic, row["estimate"])


def _instead(row: Released) -> str:
    """What stands for an estimate that is not shown."""
    return "withheld" if row["is_withheld"] else numbers.NONE


def _models(statistic: Released) -> str:
    """What both models of an added value reach; nothing where their difference is withheld."""
    if statistic["estimate"] is None or not statistic.get("models"):
        return ""
    said = ", ".join(f"{row['label']} {_model(row['value'])}" for row in statistic["models"])
    return f". {said}"


def _model(value: float | None) -> str:
    """A measure of a model."""
    return "unknown" if value is None else f"{value:.2f}"


def _exact(statistic: Released) -> dict[str, Any]:
    """What a statistician asks of a statistic."""
    labels = labels_of_columns()
    adds = statistic.get("adds")
    return {
        "name": sentence(statistic["name"]).removesuffix("."),
        "rule": statistic["rule"],
        "decides": decides(statistic),
        "method": sentence(statistic["method"] or ""),
        "p": probability(statistic["p"]),
        "p_holm": probability(statistic["p_holm"]),
        "i2": _percent(statistic["i2"]),
        "i2_definitions": _percent(statistic["i2_definitions"]),
        "reason": statistic["reason"],
        "plan": statistic.get("plan"),
        "adds": None
        if adds is None
        else {key: ", ".join(labels.get(n, n) for n in names) for key, names in adds.items()},
    }


def _percent(share: float | None) -> str:
    """A share as whole per cent."""
    return "" if share is None else f"{100 * share:.0f}%"


def _moved(moved: Movement | None) -> dict[str, Any] | None:
    """The movement since the last snapshot, what moved most first."""
    if moved is None:
        return None
    return {
        "snapshot": moved.snapshot,
        "rules_changed": moved.rules_changed,
        "code_changed": moved.code_changed,
        "cases": _cases_moved(*moved.cases),
        "n": sum(claim.is_moved for claim in moved.claims.values()),
        "rows": [{"id": c.id, "statement": statement(c.id), **_movement(c)} for c in moved.moved],
    }


def _cases_moved(then: Any, now: Any) -> str:
    """Cases of the cohort then and now; a difference of a few is not told."""
    if then is None:
        return f"{now} cases now; then fewer than five more or fewer"
    return f"{then} cases then, {now} now"


def _movement(change: ClaimMoved) -> dict[str, Any]:
    """One claim then and now, in words."""
    then, now = (VERDICT_WORDS[verdict] for verdict in change.verdict)
    return {
        "is_moved": change.is_moved,
        "is_shifted": change.is_shifted,
        "then": then,
        "now": now,
        "is_declared_otherwise": change.is_declared_otherwise,
        "statistics": [_statistic_moved(s) for s in change.statistics if s.is_moved],
    }


def _statistic_moved(one: StatisticMoved) -> str:
    """One statistic then and now."""
    shown = {"rule": one.rule, "unit": one.unit, "name": one.name, "limit": one.limit}
    then, now = (estimate_of(shown, value) for value in one.estimate)
    name = sentence(one.name).removesuffix(".")
    first, last = one.assessable
    if one.is_guarded:
        return (
            f"{name}: {now}; cases {last}. So few patients may make the difference that the "
            "numbers of then are not told."
        )
    cases = f"{first}, then {last}" if first != last else f"{last} as before"
    outside = ", outside the interval of then" if one.is_outside else ""
    estimate = f"{then}, then {now}{outside}" if then != now else f"{now} as before"
    return f"{name}: {estimate}; cases {cases}."
