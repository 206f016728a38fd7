"""Methods: what was done, told in the past tense from the plan and the results.

Belongs here: one paragraph for each step that this run took, with the works it rests on.
Does not belong here: what was found (`analyses.report.sections`), the works
(`analyses.report.references`), sentences on harmonising (`analyses.report.prepared`).
The page and `methods.md` hold the same paragraphs.
"""

from dataclasses import dataclass
from typing import Any

from analyses import numbers
from analyses.report import over_time, sections, words
from analyses.report.methods_models import developed, further, measured, validated
from analyses.report.prepared import prepared
from analyses.report.references import Cited

_SOURCES = {
    "simulated": "All rows were made by a computer program that was calibrated to published "
    "counts. No row stands for a person, and nothing found here is a finding about the disease.",
    "published": "Facts were transcribed from published case reports and small series. Their "
    "authors and editors chose the patients, so that the cases are no cohort.",
    "registry": "The cases were delivered by the sites of a registry and checked by its rules.",
}
_NO_SOURCE = "The table was analysed as it came; where its rows are from was not stated."
_MOST = 20  # predictors named in the text


@dataclass(frozen=True)
class Told:
    """Paragraphs with their headings, and the works they name."""

    parts: tuple[tuple[str, str], ...]
    works: tuple[str, ...]


def methods(page: dict[str, Any]) -> Told:
    """The methods of one run.

    Parameters
    ----------
    page
        Released results.

    Returns
    -------
    Told
        In the order of TRIPOD+AI; without a model no word on models.
    """
    cite = Cited()
    parts = [
        ("Design", _design(page, cite)),
        ("Source of data", _source(page)),
        ("Participants", _participants(page)),
        ("Outcome", _outcome(page)),
        ("Predictors", _predictors(page)),
        ("Sample size", _size(page, cite)),
    ]
    if page["data"]["used"] != 0:
        parts.append(("Description", _described(page, cite)))
    if page["models"]:
        parts += [
            ("Missing data and models", developed(page, cite)),
            ("Measures", measured(page, cite)),
            ("Validation", validated(page, cite)),
            *(("Preparation", text) for text in prepared(page)),
        ]
    parts += [("Further analyses", text) for text in [further(page, cite)] if text]
    parts.append(("Software", _software(page)))
    return Told(tuple(parts), tuple(cite.works))


def as_markdown(page: dict[str, Any], title: str) -> str:
    """The methods as a text for a manuscript.

    Parameters
    ----------
    page
        Released results.
    title
        Of the report.

    Returns
    -------
    str
        Markdown: a line on whose cases these are, the paragraphs, the numbered works.
    """
    band = words.COHORTS.get(str(page["cohort"]["provenance"]), words.UNKNOWN_COHORT)[0]
    found = methods(page)
    lines = [f"# Methods: {_plain(title)}", f"**{band}** {words.RESEARCH_ONLY}"]
    for heading, text in found.parts:
        lines += [f"## {heading}", _plain(text)]
    if found.works:
        lines.append("## References")
        lines.append("\n".join(f"{n}. {_plain(work)}" for n, work in enumerate(found.works, 1)))
    return "\n\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text whose signs Markdown does not read as marks."""
    for sign in "\\`*_#<>|":
        text = text.replace(sign, f"\\{sign}")
    return text


def _design(page: dict[str, Any], cite: Cited) -> str:
    """What kind of analysis this was, and what was fixed before it."""
    plan = page["plan"]
    rest = ", exclusions and validation" if page["models"] else " and exclusions"
    fixed = (
        f"Outcome, predictors{rest} were fixed beforehand by the plan {plan['name']} (sha256 "
        f"{plan['sha256'][:12]})."
    )
    if page["models"]:
        kind = "A prediction model was developed and validated internally"
        return f"{kind}; it is reported in the order of TRIPOD+AI {cite('tripod_ai')}. {fixed}"
    return f"The cases were described. No prediction model was fitted. {fixed}"


def _source(page: dict[str, Any]) -> str:
    """Where the rows are from."""
    snapshot = page["provenance"].get("snapshot")
    named = f"snapshot {snapshot}" if snapshot else f"sha256 {page['data']['sha256'][:12]}"
    said = _SOURCES.get(str(page["cohort"]["provenance"]), _NO_SOURCE)
    return f"{said} The rows analysed are identified by {named}. Cohorts were never mixed."


def _participants(page: dict[str, Any]) -> str:
    """Who was left out, and why."""
    data = page["data"]
    said = f"Of {data['rows']} cases, {data['used']} were analysed."
    out = [f"{s['step']} ({s['n_out']})" for s in page["cohort"]["attrition"] if s["n_out"] != 0]
    if out:
        said += f" Left out, in this order: {'; '.join(out)}."
    centres = page["cohort"].get("centres") or []
    if len(centres) > 1:
        said += f" The cases analysed came from {len(centres)} centres."
    if page.get("audience") == "internal":
        said += " Counts of 1 to 4 are given as <5, and some others are hidden to protect these."
    return said


def _outcome(page: dict[str, Any]) -> str:
    """What was to be predicted or described."""
    name, outcome = sections.outcome_name(page), page["outcome"]
    if page["data"]["used"] == 0:
        return f"The outcome was {words.level(name)}. No case was left to have it."
    if words.is_survival(page):
        first = over_time.competing_name(page)
        unit = over_time.unit(page)
        said = f"The outcome was the time to {over_time.event_name(page)}"
        said += f", in {unit}" if unit else ""
        said += f"; {first} before it was a competing event" if first else ""
        return f"{said}. It was seen in {outcome['events']} of {outcome['n']} cases."
    if outcome.get("classes"):
        kind = "grades" if outcome.get("kind") == "ordinal" else "groups"
        named = ", ".join(f"{words.level(c['class'])} ({c['n']})" for c in outcome["classes"])
        said = f"The outcome was {words.level(name)}, one of {len(outcome['classes'])} {kind}"
        return f"{said}: {named}. {sections.merged_classes(page)}".strip()
    positive = (page["plan"].get("outcome") or {}).get("positive")
    of = f", recorded as “{words.level(positive)}”" if positive else ""
    percent = numbers.share(outcome["events"], outcome["n"])
    said = f"{outcome['events']} of {outcome['n']} cases" + (f" ({percent})" if percent else "")
    return f"The outcome was {words.level(name)}{of}. It happened in {said}."


def _predictors(page: dict[str, Any]) -> str:
    """Which columns were looked at, and how they were read."""
    rows = page["cohort"]["missingness"]
    total = len(rows) + page["cohort"].get("left_out", 0)
    named = [words.level(row.get("label") or words.human(row["column"])) for row in rows[:_MOST]]
    more = f" and {total - len(named)} more" if total > len(named) else ""
    noun = "column was named" if total == 1 else "columns were named"
    said = f"{total} {noun} by the plan: {', '.join(named)}{more}." if total else "None was named."
    return (
        f"{said} A column that becomes known only after the time of prediction was not accepted. "
        "A sign that nobody wrote down was taken as not reported, never as absent."
    )


def _size(page: dict[str, Any], cite: Cited) -> str:
    """Whether the sample was large enough for a model."""
    found = page["verdict"]
    if found["minimum_n"] is None:
        return (
            f"{found['n']} cases were available; the smallest number of patients for a model with "
            "these predictors could not be given."
        )
    is_classes = page["outcome"].get("kind") == "multiclass"
    per = numbers.number(found["events_per_parameter"])
    counted = "cases in the smallest group" if is_classes else "events"
    return (
        f"{found['n']} cases with {found['events']} {counted} were set against "
        f"{found['parameters']} parameters of the largest model ({per} per parameter). By "
        f"published criteria {cite('size_classes' if is_classes else 'size')}, with an expected "
        f"Cox-Snell R² of {numbers.number(found['r2_anticipated'], digits=3)}, at least "
        f"{found['minimum_n']} patients are needed for such a model."
    )


def _described(page: dict[str, Any], cite: Cited) -> str:
    """How the cases were described."""
    said = (
        "Numbers were described by median and quartiles, categories by counts and per cent of "
        f"those recorded, differences by the standardised mean difference {cite('smd')}, over "
        f"several levels by its extension {cite('smd_levels')}; no p-values were computed for them."
    )
    if page.get("survival"):
        said += f" The share free of the event was estimated by Kaplan-Meier {cite('kaplan_meier')}"
        is_competing = bool(page["survival"]["cumulative_incidence"])
        said += (
            f", the risk of each event by Aalen-Johansen {cite('aalen_johansen')}."
            if is_competing
            else "."
        )
    return said


def _software(page: dict[str, Any]) -> str:
    """What it was computed with."""
    provenance = page["provenance"]
    versions = ", ".join(f"{k} {v}" for k, v in sorted((provenance.get("versions") or {}).items()))
    code = f"imsct (code sha256 {provenance['code'][:12]})" if provenance.get("code") else "imsct"
    return f"The analysis was run by {code} with {versions}; seed {provenance['seed']}."
