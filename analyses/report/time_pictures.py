"""Figures of a time to an event: the share free of it, by group, and the risk of each event.

Belongs here: which curves of the results a figure shows, its caption.
Does not belong here: drawing (`analyses.figures.over_time`), the other figures
(`analyses.report.pictures`).
"""

from typing import Any

from analyses.figures import over_time as figure
from analyses.report import over_time as said
from analyses.report import words
from analyses.report.pictures import Picture, made

_LIMITS = (
    "Shaded: 95% limits, for each time by itself. Thin: beyond the last time shown below at which "
    f"{figure.LEAST_AT_RISK} or more were at risk; one patient moves it a lot."
)
_LIMITS_ONLY = "Shaded: 95% limits, for each time by itself."


def time_figures(page: dict[str, Any]) -> dict[str, list[Picture]]:
    """The figures of all cases, and those by group; empty without a time."""
    found = page.get("survival")
    if not found or page["data"]["used"] == 0:
        return {"all": [], "groups": []}
    whole = [_all_cases(page, found["kaplan_meier"][0])]
    if found["cumulative_incidence"]:
        whole.append(_incidence(page, found["cumulative_incidence"]))
    apart = [row for row in found["kaplan_meier"][1:] if row["times"]]
    return {
        "all": whole,
        "groups": [
            _by_group(page, name, [row for row in apart if row["variable"] == name])
            for name in dict.fromkeys(row["variable"] for row in apart)
        ],
    }


def _all_cases(page: dict[str, Any], row: dict[str, Any]) -> Picture:
    """One curve with its limits and the numbers at risk."""
    is_joined = page["audience"] == "internal"
    shown = figure.OverTime((_curve("All cases", row),), _free(page), _axis(page), is_joined)
    caption = (
        f"Kaplan-Meier estimate of the share free of {_either(page)}. "
        f"{_LIMITS_ONLY if is_joined else _LIMITS} The curve ends with the last "
        f"follow-up.{_protected(page)}"
    )
    return _made(page, "free-of-event", shown, caption)


def _by_group(page: dict[str, Any], name: str, rows: list[dict[str, Any]]) -> Picture:
    """The curves of the groups of one variable."""
    curves = tuple(
        _curve(said.group_name(page, name, row["group"]), row) for row in said.in_order(rows)
    )
    shown = figure.OverTime(curves, _free(page), _axis(page))
    label = said.variable_name(page, name)
    return _made(
        page,
        f"free-of-event-{words.slug(name)}",
        shown,
        f"The same by {label[:1].lower() + label[1:]}. Groups differ in more than this: a gap "
        f"between curves is no effect of it. {_LIMITS}",
    )


def _incidence(page: dict[str, Any], rows: list[dict[str, Any]]) -> Picture:
    """The risk of the event and of what competes with it."""
    names = {"event": said.event_name(page), "competing": said.competing_name(page)}
    curves = tuple(_curve(_capital(names[row["cause"]]), row) for row in rows)
    shown = figure.OverTime(curves, "Had it by then", _axis(page), page["audience"] == "internal")
    return _made(
        page,
        "cumulative-incidence",
        shown,
        f"Aalen-Johansen estimates: of 100 cases, how many had {names['event']} by a time, and how "
        f"many {names['competing']} before it. Together with those free of both they make 100. "
        f"{_LIMITS_ONLY}{_protected(page)}",
    )


def _protected(page: dict[str, Any]) -> str:
    """What a confidential curve leaves out."""
    if page["audience"] != "internal":
        return ""
    return (
        " To protect patients it is given only at times between which nobody or five or more had "
        "an event; the lines between the points are drawn, not estimated."
    )


def _curve(name: str, row: dict[str, Any]) -> figure.Curve:
    """One curve of the results."""
    return figure.Curve(
        name,
        tuple(row["times"]),
        tuple(row["survival"] if "survival" in row else row["risk"]),
        tuple(row["low"]),
        tuple(row["high"]),
        tuple((mark["at"], mark["n"]) for mark in row.get("at_risk") or []),
    )


def _made(page: dict[str, Any], name: str, shown: figure.OverTime, caption: str) -> Picture:
    """The figure with its text and table."""
    return made(
        name,
        figure.draw(shown),
        figure.alt_text(shown),
        caption=caption,
        table=figure.as_table(shown),
        provenance=page["cohort"]["provenance"],
    )


def _either(page: dict[str, Any]) -> str:
    """All that ends being free."""
    names = [said.event_name(page), said.competing_name(page)]
    return " and of ".join(name for name in names if name)


def _free(page: dict[str, Any]) -> str:
    """Name of the vertical axis."""
    return "Free of both" if said.competing_name(page) else "Free of the event"


def _axis(page: dict[str, Any]) -> str:
    """Name of the horizontal axis."""
    return _capital(said.unit(page)) or "Time, in the unit of the data"


def _capital(text: str) -> str:
    """With a capital letter."""
    return text[:1].upper() + text[1:]
