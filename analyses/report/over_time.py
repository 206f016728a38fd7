"""Over time: what is known of a time to an event without any prediction, in words and rows.

Belongs here: sentences and tables of the section "Over time", the unpenalised Cox table.
Does not belong here: HTML (`templates`), figures (`pictures`), hidden counts
(`analyses.report.time_counts`).
"""

import re
from collections.abc import Sequence
from typing import Any

from analyses import numbers
from analyses.figures.case_looks import LOOKS as CASE_LOOKS
from analyses.other_choices import CHOICES
from analyses.report import words
from analyses.report.time_counts import TOO_FEW

Rows = list[dict[str, Any]]
_UNITS = ("days", "weeks", "months", "years")
#: Values of an outcome that only say that it happened.
_PLAIN = {"yes", "true", "1", "1.0", "event"}
#: A state that tables name is said as what led to it: nobody is "free of dead".
_NOUNS = {
    **dict.fromkeys(("dead", "died", "deceased"), "death"),
    "progressed": "progression",
    "recurred": "recurrence",
    "relapsed": "relapse",
    "transplanted": "transplant",
}
#: What ends the wait of our endpoints, whose value only says that it happened.
_ENDS = {"os": "death", "pfs": "progression, recurrence or death"}
_DAYS_PER_YEAR = 365.25


def over_time(page: dict[str, Any]) -> dict[str, Any] | None:
    """The section; None for an outcome without a time, and where nobody was analysed."""
    found = page.get("survival")
    if not found or page["data"]["used"] == 0:
        return None
    return {
        "answer": answer(page),
        "event": event_name(page),
        "competing": competing_name(page),
        "unit": unit(page),
        "horizons": _horizons(page, found),
        "groups": _groups(page, found),
        "tests": _tests(page, found),
        "apart": " and ".join(variable_name(page, n) for n in found.get("never_compared") or []),
        "follow_up": _follow_up(page, found),
        "entry": _entry(page, found),
        "gaps": found.get("image_gaps") or [],
        "landmark": _landmark(page, found),
        "otherwise": _otherwise(page, found),
        "is_confidential": page["audience"] == "internal",
    }


def unit(page: dict[str, Any]) -> str:
    """The unit of the times, from the end of the column's name; empty where it says none.

    Examples
    --------
    >>> unit({"outcome": {"time": "pfs_months"}}), unit({"outcome": {"time": "time"}})
    ('months', '')
    """
    last = str(page["outcome"].get("time") or "").rsplit("_", maxsplit=1)[-1]
    return last if last in _UNITS else ""


def _digits(value: float) -> str:
    """A time with two digits below 10, else without a fraction: none is known better."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"


def timed(page: dict[str, Any], value: float | None) -> str:
    """A time with its unit; of many days the years too.

    Examples
    --------
    >>> timed({"outcome": {"time": "os_days"}}, 730.0)
    '730 days (2.0 years)'
    """
    if value is None:
        return "not reached"
    said = _digits(value)
    found = unit(page)
    if found == "days" and value >= _DAYS_PER_YEAR / 2:
        return f"{said} days ({value / _DAYS_PER_YEAR:.1f} years)"
    return f"{said} {found}".strip()


def event_name(page: dict[str, Any]) -> str:
    """What ends the wait, in the middle of a sentence."""
    column = str(page["outcome"].get("column"))
    return _named(page, "event_value") or _ENDS.get(column, "the event")


def competing_name(page: dict[str, Any]) -> str:
    """What may come first; empty where nothing competes."""
    return _named(page, "competing_value") or ("the competing event" if _competes(page) else "")


def _named(page: dict[str, Any], key: str) -> str:
    """The values of an outcome in words; empty where they only say that it happened."""
    values = (page["plan"].get("outcome") or {}).get(key) or []
    plain = [str(value) for value in values if str(value).lower() not in _PLAIN]
    said = list(dict.fromkeys(_NOUNS.get(value.lower(), words.level(value)) for value in plain))
    return " or ".join(said) if said and not any(re.fullmatch(r"[\d.]+", s) for s in said) else ""


def _competes(page: dict[str, Any]) -> bool:
    """Whether a competing event was seen."""
    return bool((page.get("survival") or {}).get("cumulative_incidence"))


def answer(page: dict[str, Any]) -> str:
    """How long half of the cases stayed free, and the risk by the first horizon, in sentences."""
    found, median = page["survival"], page["survival"]["median"]
    either = " and of ".join(name for name in (event_name(page), competing_name(page)) if name)
    if median.get("reason") == TOO_FEW:
        said = f"How long the cases stayed free of {either} is not told: it rests on too few cases."
    elif median["estimate"] is None:
        said = (
            f"More than half of the cases stayed free of {either} as long as they were followed: "
            "no median time can be given."
        )
    else:
        low, high = median["interval"] or (None, None)
        said = (
            f"Half of the cases were free of {either} for {timed(page, median['estimate'])} "
            f"{'' if unit(page) else 'in the unit of the data '}"
            f"({_interval(page, low, high)})."
        )
    first = found["horizons"][0] if found["horizons"] else None
    if first and first["risk"] == 0:
        return f"{said} Nobody was seen to have {event_name(page)} by {timed(page, first['at'])}."
    if first and first["risk"] is not None:
        said += (
            f" By {timed(page, first['at'])}, {event_name(page)} had come in "
            f"{_percent(first['risk'], first['risk_interval'])}"
        )
        said += f", {competing_name(page)} not having come first." if _competes(page) else "."
    return said


def _span(page: dict[str, Any], low: float | None, high: float | None) -> str:
    """Two limits of a time, either of which may not be reached."""
    if low is None and high is None:
        return "no limits"
    ends = ["not reached" if end is None else _digits(end) for end in (low, high)]
    return f"{ends[0]} to {ends[1]}"


def _interval(page: dict[str, Any], low: float | None, high: float | None) -> str:
    """The same in a sentence."""
    said = _span(page, low, high)
    return said if low is None and high is None else f"95% interval {said}"


def _percent(value: float | None, interval: list[float] | None) -> str:
    """A share in per cent with its limits."""
    if value is None:
        return numbers.NONE
    said = f"{100 * value:.0f}%"
    if interval is None:
        return f"{said} (no limits)"
    return f"{said} ({100 * interval[0]:.0f} to {100 * interval[1]:.0f})"


def _horizons(page: dict[str, Any], found: dict[str, Any]) -> Rows:
    """A row for each horizon."""
    return [
        {
            "at": timed(page, row["at"]),
            "n_at_risk": row["n_at_risk"],
            "events": row["events"],
            "free": _percent(row["survival"], row["interval"]),
            "risk": _percent(row["risk"], row["risk_interval"]),
        }
        for row in found["horizons"]
    ]


def _groups(page: dict[str, Any], found: dict[str, Any]) -> Rows:
    """Median and restricted mean of all and of each group."""
    rows: Rows = []
    for row in in_order(found["kaplan_meier"]):
        median, mean = row["median"], row["rmst"]
        low, high = median["interval"] or (None, None)
        is_known = median["estimate"] is not None
        rows.append(
            {
                "variable": variable_name(page, row["variable"]) if row["variable"] else "",
                "label": group_name(page, row["variable"], row["group"]),
                "n": row["n"],
                "median": _digits(median["estimate"]) if is_known else numbers.NONE,
                "limits": _span(page, low, high) if is_known else median.get("reason", ""),
                "mean": numbers.number(mean["estimate"], digits=1),
                "mean_limits": numbers.interval(mean["interval"], digits=1)
                if mean["interval"]
                else "",
                "to": timed(page, mean["to"]),
            }
        )
    return rows


def in_order(rows: Sequence[dict[str, Any]]) -> Rows:
    """Groups of each variable as a reader expects them: ages upwards, "not recorded" last.

    Examples
    --------
    >>> rows = [{"variable": "a", "group": g} for g in ("18 to 64", "not recorded", "under 18")]
    >>> [row["group"] for row in in_order(rows)]
    ['under 18', '18 to 64', 'not recorded']
    """
    variables = list(dict.fromkeys(row["variable"] for row in rows))
    known = ("under 18", *CASE_LOOKS)

    def place(row: dict[str, Any]) -> tuple[int, bool, int]:
        group = row["group"]
        first = known.index(group) if group in known else len(known)
        return variables.index(row["variable"]), group == "not recorded", first

    return sorted(rows, key=place)


def variable_name(page: dict[str, Any], name: str) -> str:
    """A grouping variable in words."""
    if name == (page["plan"].get("data") or {}).get("centre"):
        return "Centre"
    labels = {row["column"]: row.get("label") for row in page["cohort"]["missingness"]}
    return words.label_of(labels.get(name), name)


def group_name(page: dict[str, Any], variable: str | None, group: str) -> str:
    """A group in words; centres keep their name."""
    if variable is None:
        return "All cases"
    is_centre = variable == (page["plan"].get("data") or {}).get("centre")
    return group if is_centre else words.level(group)


def _tests(page: dict[str, Any], found: dict[str, Any]) -> Rows:
    """Tests between groups: log-rank, with competing events Gray's too."""
    rows: Rows = []
    for key, name in (("log_rank", "log-rank"), ("gray", "Gray")):
        for row in found.get(key) or []:
            rows.append(
                {
                    "variable": variable_name(page, row["variable"]),
                    "test": name,
                    "statistic": numbers.number(row["statistic"], digits=2),
                    "df": row["df"] if row["df"] is not None else numbers.NONE,
                    "p": numbers.brief(round(row["p"], 4))
                    if row["p"] is not None
                    else numbers.NONE,
                }
            )
    return rows


def _follow_up(page: dict[str, Any], found: dict[str, Any]) -> str:
    """How long cases were followed, in one sentence."""
    median = found["follow_up"]
    if median["median"] is None:
        return "The median length of follow-up cannot be given."
    low, high = median["interval"] or (None, None)
    return (
        f"Had nobody had an event, half of the cases would have been followed for "
        f"{timed(page, median['median'])} or longer ({_interval(page, low, high)})."
    )


def _entry(page: dict[str, Any], found: dict[str, Any]) -> str:
    """Whether late entry could be taken into account, in sentences."""
    late = found.get("entry")
    if late is None:
        return (
            "Not corrected for late entry: the plan names no day on which a case came under "
            "observation. Whoever had the event before a registry or a hospital could take them "
            "in never came here, so these curves may be too favourable, most of all early on."
        )
    return (
        f"Corrected for late entry: {late['n_late']} cases came under observation after time 0 "
        f"(column “{late['column']}”) and count as at risk from then on; {late['n_before_entry']} "
        "whose time ended before their entry were left out. C, Brier score, AUC and calibration "
        "take every case as followed from time 0."
    )


def _otherwise(page: dict[str, Any], found: dict[str, Any]) -> Rows:
    """The main choice and each other one; empty where there is none."""
    others = found.get("otherwise") or []
    first = found["horizons"][:1]
    main = {"n": page["data"]["used"], "events": page["outcome"]["events"]}
    main |= {"median": found["median"], "horizons": first}
    rows: Rows = []
    for what, row in (("As in this report", main), *((_choice(o), o) for o in others)):
        median, at = row["median"], (row["horizons"] or [None])[0]
        low, high = median["interval"] or (None, None)
        is_known = median["estimate"] is not None
        rows.append(
            {
                "what": what,
                "n": row["n"],
                "events": row["events"],
                "median": f"{_digits(median['estimate'])} ({_span(page, low, high)})"
                if is_known
                else numbers.NONE,
                "risk": _percent(at["risk"], at["risk_interval"]) if at else numbers.NONE,
            }
        )
    return rows if others else []


def _choice(other: dict[str, Any]) -> str:
    """What another choice does, in a sentence."""
    return CHOICES[other["name"]].sentence


def _landmark(page: dict[str, Any], found: dict[str, Any]) -> str:
    """Who takes part from a landmark on, in sentences; empty without one."""
    mark = found.get("landmark")
    if not mark:
        return ""
    return (
        f"Time 0 is {timed(page, mark['at'])} after the start: only cases followed beyond it "
        f"without an end take part. Before it {mark['ended']} had an end, {mark['lost']} were "
        f"lost, and {mark['not_yet']} had not yet come. Nothing here speaks of the time before."
    )


def by_horizon(page: dict[str, Any], models: list[dict[str, Any]]) -> Rows:
    """Scores of every model at every horizon; empty with one horizon, whose scores stand above."""
    rows: Rows = []
    for place, at in enumerate(page["outcome"].get("horizons") or []):
        for model in models:
            found = (model.get("horizons") or [])[place : place + 1]
            if found:
                rows.append(
                    {
                        "at": timed(page, at),
                        "model": model,
                        "cells": [
                            _score(found[0].get(key), digits)
                            for key, digits in (
                                ("auc", 2),
                                ("brier", 3),
                                ("ipa", 2),
                                ("o_e_ratio", 2),
                                ("ici", 3),
                            )
                        ],
                    }
                )
    return rows if len(page["outcome"].get("horizons") or []) > 1 else []


def _score(value: dict[str, Any] | None, digits: int) -> dict[str, str]:
    """An estimate and its interval."""
    if not value or value["estimate"] is None:
        return {"estimate": numbers.NONE, "interval": ""}
    limits = value.get("interval")
    return {
        "estimate": numbers.number(value["estimate"], digits=digits),
        "interval": numbers.interval(limits, digits=digits) if limits else "",
    }
