"""The model in full: formula, every coefficient, one invented patient step by step, points.

Belongs here: wording the written-out model of the results as rows and sentences.
Does not belong here: the numbers and the arithmetic (`analyses.written_out`), HTML (`templates`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses import numbers
from analyses.figures import points_chart as figure
from analyses.preprocessing import MISSING_STATES
from analyses.report import over_time, words
from analyses.report.pictures import Picture, made, model_name
from analyses.report.points import points_chart
from analyses.report.sections import Rows, groups_of, model_by_role
from analyses.report.shortening import SHOWN
from analyses.written_out import contributions, risks_of

_STATES = (*MISSING_STATES, "empty", "missing")


def specification(page: dict[str, Any]) -> dict[str, Any] | None:
    """The section of the primary model; None where none was fitted or results are of old.

    Parameters
    ----------
    page
        Released results.
    """
    primary = model_by_role(page, "primary")
    found = (primary or {}).get("specification")
    if primary is None or not found:
        return None
    if found["reason"] is not None:
        return {"reason": _no_formula(page, primary, found["reason"]), "file": ""}
    columns = found["columns"][:SHOWN]
    chart = _chart(page, found)
    is_competing = len(found["scores"]) == 2 and found["link"] == "cox"
    return {
        "reason": None,
        "file": _file(page, primary),
        "link": "competing" if is_competing else found["link"],
        "gaps": _gaps(found),
        "heads": _heads(page, found),
        "constants": _constants(page, found),
        "rows": [row for column in columns for row in _rows(page, column)],
        "left_out": len(found["columns"]) - len(columns),
        "baseline": _baseline(page, found),
        "example": _example(page, found),
        "points": chart,
        "no_points": "" if chart else _no_points(found),
    }


def _no_formula(page: dict[str, Any], model: dict[str, Any], reason: str) -> str:
    """Why there is no formula, and where the model is."""
    if reason == "harmonised":
        why = (
            "Numbers are first brought together between centres (ComBat), by figures of each "
            "centre: the model cannot be written down as one formula."
        )
    else:
        why = f"The {model_name(model)} has no coefficients: it cannot be written down."
    return f"{why} {_file(page, model)}"


def _file(page: dict[str, Any], model: dict[str, Any]) -> str:
    """Which file holds the model."""
    best = (page.get("comparison") or {}).get("best")
    if best != model["name"]:
        return f"The file model.skops holds the {str(best).replace('_', ' ')} model, not this one."
    return (
        "The file model.skops beside results.json holds the model itself; "
        "'imsct apply' computes its predictions."
    )


def _gaps(found: Mapping[str, Any]) -> str:
    """What is done with a missing value."""
    if found["gaps"] == "modelled":
        return (
            "Missing values are filled by chained equations, which only the model file can do: the "
            "formula is for patients with every value known."
        )
    return (
        "Where a value is missing take the one of the last column, and add the line that says so "
        "(“missing”, “not assessable”), if there is one."
    )


def _labels(page: dict[str, Any]) -> dict[str, str]:
    """Labels of the predictors."""
    rows = page["cohort"]["missingness"]
    return {r["column"]: words.label_of(r.get("label"), r["column"]) for r in rows}


def _units(page: dict[str, Any]) -> dict[str, str]:
    """Units of the predictors that have one."""
    return {r["variable"]: r["unit"] for r in page["cohort"]["table_one"] if r.get("unit")}


def _label(page: dict[str, Any], column: str) -> str:
    """Label of one predictor."""
    return _labels(page).get(column) or words.human(column)


def _heads(page: dict[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What each column of coefficients is of."""
    if found["link"] == "softmax":
        return [words.human(name) for name in found["scores"]]
    if len(found["scores"]) == 2:
        named = (over_time.event_name(page), over_time.competing_name(page))
        return [words.human(name) for name in named]
    return ["Coefficient"]


def _constants(page: dict[str, Any], found: Mapping[str, Any]) -> Rows:
    """The row of constants; of grades a row for each threshold."""
    if found["link"] != "odds":
        values = _coefficients(found["constants"])
        return [{"label": "Constant", "per": "", "values": values, "fill": ""}]
    return [
        {
            "label": f"Threshold: {words.level(cut)} or better",
            "per": "",
            "values": _coefficients([value]),
            "fill": "",
        }
        for cut, value in zip(found["cuts"], found["constants"], strict=True)
    ]


def _coefficients(values: Sequence[float]) -> list[str]:
    """Numbers with four digits."""
    return [numbers.brief(value) for value in values]


def _rows(page: dict[str, Any], column: Mapping[str, Any]) -> Rows:
    """The lines of one predictor."""
    unit = _units(page).get(column["column"])
    fill = column["fill"]
    filled = numbers.NONE if fill is None else _said(fill, unit)
    rows: Rows = []
    for place, term in enumerate(column["terms"]):
        rows.append(
            {
                "label": _label(page, column["column"]),
                "per": _per(column, term["level"], unit),
                "values": _coefficients(term["coefficients"]),
                "fill": filled if place == 0 else "",
            }
        )
    return rows


def _per(column: Mapping[str, Any], level: str | None, unit: str | None) -> str:
    """What a coefficient is multiplied by."""
    if level is None:
        if column["kind"] == "sign":
            return f"1 if {words.level(column['levels'][1])}, else 0"
        return f"the number of {unit}" if unit else "the number"
    if level in _STATES:
        said = "no entry" if level == "empty" else words.level(level)
        return f"1 if {said}, else 0"
    reference = words.level(column["levels"][0])
    return f"1 if {words.level(level)}, else 0 (all 0: {reference})"


def _said(value: float | str | None, unit: str | None) -> str:
    """A value in words."""
    if value is None:
        return "missing"
    if isinstance(value, str):
        return words.level(value)
    return f"{numbers.brief(value)} {unit}" if unit else numbers.brief(value)


def _baseline(page: dict[str, Any], found: Mapping[str, Any]) -> Rows:
    """Cumulative baseline hazards at the horizons."""
    return [
        {"at": over_time.timed(page, row["at"]), "values": _coefficients(row["hazards"])}
        for row in found["baseline"] or []
    ]


def _example(page: dict[str, Any], found: Mapping[str, Any]) -> dict[str, Any] | None:
    """The invented patient: what each value adds, the score, the risks; None where withheld."""
    if found["example"] is None:
        return None
    if found["gaps"] != "constant" and None in found["example"]["values"].values():
        return None
    parts = contributions(found, found["example"]["values"])
    units = _units(page)
    constants = [0.0] if found["link"] == "odds" else found["constants"]
    scores = [c + sum(p[k] for _, _, p in parts) for k, c in enumerate(constants)]
    shown = parts[:SHOWN]
    rest = [sum(p[k] for _, _, p in parts[SHOWN:]) for k in range(len(constants))]
    rows = [
        {
            "label": _label(page, column),
            "value": _said(value, units.get(column)),
            "adds": [numbers.number(part, digits=3) for part in adds],
        }
        for column, value, adds in shown
    ]
    if len(parts) > SHOWN:
        rows.append(
            {
                "label": f"{len(parts) - SHOWN} further predictors",
                "value": "",
                "adds": [numbers.number(part, digits=3) for part in rest],
            }
        )
    risks = found["example"]["risks"]
    return {
        "heads": ["Adds"] if len(scores) == 1 else _heads(page, found),
        "constants": [numbers.number(c, digits=3) for c in constants],
        "rows": rows,
        "scores": [numbers.number(score, digits=3) for score in scores],
        "risks": [
            {"label": label, "risk": f"{100 * risk:.1f}%"}
            for label, risk in zip(risk_names(page, found), risks, strict=True)
        ],
        "near": _near(found, scores),
    }


def _near(found: Mapping[str, Any], scores: Sequence[float]) -> str:
    """With a competing event: what the formula gives beside what the model file gives."""
    if len(scores) != 2 or found["link"] != "cox":
        return ""
    said = ", ".join(f"{100 * risk:.1f}%" for risk in risks_of(found, scores))
    return f"By the formula above: {said}; by the model file, from event to event, the risks shown."


def risk_names(page: dict[str, Any], found: Mapping[str, Any]) -> list[str]:
    """What each risk of a model is of."""
    if found["link"] == "cox":
        event = over_time.event_name(page)
        event = "the event" if len(event) > 20 else event  # a narrow column and a narrow figure
        return [f"Risk of {event} by {over_time.timed(page, r['at'])}" for r in found["baseline"]]
    if found["link"] == "logit":
        return ["Probability of the outcome"]
    kind = "grade " if found["link"] == "odds" else ""
    return [f"Probability of {kind}{words.level(g['group'])}" for g in groups_of(page)]


def _chart(page: dict[str, Any], found: Mapping[str, Any]) -> Picture | None:
    """The points chart as a figure of the page; None where the model has none."""
    if found["example"] is None:
        return None
    scales = risk_names(page, found)
    if found["link"] == "odds":
        scales = [f"Probability of worse than grade {words.level(cut)}" for cut in found["cuts"]]
    names = {c["column"]: _label(page, c["column"]) for c in found["columns"]}
    enough = page["verdict"]["level"] == "model"
    chart = points_chart(found, labels=names, units=_units(page), scales=scales, is_enough=enough)
    if chart is None:
        return None
    return made(
        "points",
        figure.draw(chart),
        figure.alt_text(chart),
        caption=_caption(chart),
        table=figure.as_table(chart),
        provenance=page["cohort"]["provenance"],
    )


def _caption(chart: figure.Chart) -> str:
    """How to read the chart, and what it leaves out."""
    said = (
        f"{chart.warning} Look up the points of each value, add them up, and read the risk off "
        "the scale (total above the line, risk below). A number lies on the straight line between "
        "its dots. Points are rounded: a total may be off by half a point for each predictor."
    ).strip()
    more = len(chart.lines) - chart.shown
    if more:
        said += f" The {more} predictors with the smallest effects are in the table only."
    else:
        said += " Points of missing values are in the table; they can be below 0."
    if chart.still:
        said += f" Not in the chart, counted as in the invented patient: {', '.join(chart.still)}."
    return said


def _no_points(found: Mapping[str, Any]) -> str:
    """Why there is no chart of points."""
    if found["example"] is None:
        return "No chart of points: it would rest on numbers too small to be told."
    if found["link"] == "softmax":
        return "No chart of points: with one score for each group no single total gives the risks."
    if len(found["scores"]) > 1:
        return (
            "No chart of points: the risk hangs on two scores, that of the event and that of the "
            "competing event."
        )
    return ""
