"""The index of reports: one page that says what each found, cohort by cohort, and leads to it.

Belongs here: which numbers stand for a report, the words beside them.
Does not belong here: the reports themselves (`analyses.report.page`), which files there are.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from analyses import numbers
from analyses.report import claim_words, contest, environment, sections, words
from analyses.report.measures import apart_key, measures_of
from analyses.report.pictures import model_name
from analyses.report.release import release

COHORT_TITLE = "The cohort and the quality of its data"
CLAIMS_TITLE = "Claim ledger: what the literature says, tested"
_ORDER = ("registry", "published", "simulated")


def render_index(
    reports: Sequence[tuple[str, dict[str, Any]]],
    *,
    cohorts: Sequence[tuple[str, dict[str, Any]]] = (),
    claims: Sequence[tuple[str, dict[str, Any]]] = (),
    pdfs: Collection[str] = (),
) -> bytes:
    """One self-contained HTML page over the reports of one snapshot.

    Parameters
    ----------
    reports
        Folder and results of each report.
    cohorts, claims
        Folder and document of each cohort report, and of each claim ledger.
    pdfs
        Folders that hold a `report.pdf` too.

    Returns
    -------
    bytes
        UTF-8; the same reports, in any order, give the same bytes.

    Notes
    -----
    Every number passes disclosure control as in the report itself. Cohorts stand apart and are
    never added together.
    """
    rows = [_row(folder, release(results)) for folder, results in sorted(reports)]
    others = [other for folder, made in sorted(cohorts) if (other := _cohort(folder, made))]
    others += [other for folder, made in sorted(claims) if (other := _claims(folder, made))]
    sections = []
    for provenance in (*_ORDER, None):
        mine = [row for row in rows if row["provenance"] == provenance]
        beside = [other for other in others if other["provenance"] == provenance]
        if mine or beside:
            band, name, _ = words.COHORTS.get(str(provenance), words.UNKNOWN_COHORT)
            sections.append(
                {
                    "band": band,
                    "name": name,
                    "provenance": provenance,
                    "rows": mine,
                    "others": beside,
                }
            )
    snapshots = {str(r["provenance"]["snapshot"]) for _, r in reports}
    snapshots |= {folder.rpartition("-")[2] for folder, _ in (*cohorts, *claims)}
    html = (
        environment.templates()
        .get_template("index.html")
        .render(
            cohorts=sections,
            pdfs=frozenset(pdfs),
            snapshots=sorted(snapshots),
            research_only=words.RESEARCH_ONLY,
        )
    )
    return html.encode("utf-8")


def _cohort(folder: str, document: dict[str, Any]) -> dict[str, Any] | None:
    """What is said of a cohort report; None of a document that is not one."""
    try:
        provenance, cases = (document["cohort"][name] for name in ("provenance", "cases"))
    except (KeyError, TypeError):
        return None
    said = (
        "cases: not told" if cases == "hidden" else f"{cases} {'case' if cases == 1 else 'cases'}"
    )
    return {"folder": folder, "provenance": provenance, "title": COHORT_TITLE, "said": said}


def _claims(folder: str, document: dict[str, Any]) -> dict[str, Any] | None:
    """What is said of a claim ledger: how many claims have which verdict."""
    try:
        provenance = document["cohort"]["provenance"]
        verdicts = Counter(claim["verdict"] for claim in document["claims"])
    except (KeyError, TypeError):
        return None
    known = claim_words.VERDICT_WORDS
    names = [name for name in known if name in verdicts]
    said = [f"{verdicts[name]} {known[name].many}" for name in names]
    said += [f"{n} {str(v).replace('_', ' ')}" for v, n in verdicts.items() if v not in known]
    return {
        "folder": folder,
        "provenance": provenance,
        "title": CLAIMS_TITLE,
        "said": ", ".join(said) or "no claim",
    }


def _row(folder: str, page: dict[str, Any]) -> dict[str, Any]:
    """What the index says of one report."""
    models = [m for m in page["models"] if m["role"] in ("baseline", "primary")]
    headline, _ = words.VERDICTS[page["verdict"]["level"]]
    is_binary, kind = words.is_binary(page), page["outcome"].get("kind")
    return {
        "folder": folder,
        "title": page["title"],
        "provenance": page["cohort"]["provenance"],
        "level": page["verdict"]["level"],
        "headline": headline,
        "used": page["data"]["used"],
        "rows": page["data"]["rows"],
        "is_binary": is_binary,
        "events": page["outcome"]["events"],
        "is_survival": words.is_survival(page),
        "groups": sections.groups_of(page) if not is_binary else [],
        "apart": measures_of(kind)[apart_key(kind)].short,
        "aucs": [_apart(model, apart_key(kind)) for model in models],
        "comparison": contest.comparison(page) if models else "",
    }


def _apart(model: dict[str, Any], key: str) -> dict[str, str]:
    """Nested AUC or C of a model with its interval."""
    found = model["performance"]["nested_cv"].get(key) or {}
    limits = found.get("interval")
    return {
        "model": model_name(model),
        "estimate": numbers.number(found.get("estimate")),
        "interval": numbers.interval(limits) if limits else "no interval",
    }
