"""Points: a written-out model with one score as points of each value, and a total as a risk.

Belongs here: which values stand in the chart, rounding, the scales.
Does not belong here: drawing (`analyses.figures.points_chart`), the formula
(`analyses.written_out`).
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from analyses import numbers
from analyses.figures.points_chart import LARGEST, Chart, Line, Scale, Value
from analyses.preprocessing import EMPTY, MISSING_STATES
from analyses.report import words
from analyses.written_out import contributions, risks_of

#: Risks that a scale names, where a total within reach gives them.
RISKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99)
EXPLORE = "For exploration, not for care."
_MOST_ROWS = 30
STATES = (EMPTY, *MISSING_STATES)
_Values = list[tuple[Any, str, bool, float]]  # value, label, is it a gap, what it adds to the score


def points_chart(
    found: Mapping[str, Any],
    *,
    labels: Mapping[str, str],
    units: Mapping[str, str],
    scales: Sequence[str],
    is_enough: bool,
) -> Chart | None:
    """The chart; None for a model with several scores, or without any effect.

    Parameters
    ----------
    found
        Specification with one score.
    labels, units
        Of the columns.
    scales
        What each risk is called, in their order.
    is_enough
        Whether the verdict is that there were enough patients.
    """
    if len(found["scores"]) != 1 or found["gaps"] != "constant":
        return None
    every = [(column, _effects(found, column, units)) for column in found["columns"]]
    rows = [(column, values) for column, values in every if values]
    still = [column for column, values in every if not values]
    spans = [_span(values) for _, values in rows]
    if not spans or max(spans) <= 0:
        return None
    unit = max(spans) / LARGEST
    order = sorted(range(len(rows)), key=lambda place: (-spans[place], place))
    lines = tuple(_line(*rows[place], labels, unit) for place in order)
    total = sum(spans) / unit
    base = _base(found, [values for _, values in rows], still)
    return Chart(
        lines=lines,
        shown=_shown(lines),
        still=tuple(labels[column["column"]] for column in still),
        scales=tuple(
            Scale(label, _ticks(found, k, base, unit, total)) for k, label in enumerate(scales)
        ),
        total=total,
        warning="" if is_enough else EXPLORE,
    )


def _span(values: _Values) -> float:
    """From the least to the largest effect of a value that is not missing."""
    return max(e for *_, is_gap, e in values if not is_gap) - _least(values)


def _least(values: _Values) -> float:
    """The effect that counts no points; that of a missing value may be less."""
    return min(effect for *_, is_gap, effect in values if not is_gap)


def _base(
    found: Mapping[str, Any], rows: Sequence[_Values], still: Sequence[Mapping[str, Any]]
) -> float:
    """The score at no points, what has no line as in the invented patient; of grades no cuts."""
    constant = 0.0 if found["link"] == "odds" else found["constants"][0]
    kept = contributions({**found, "columns": still}, found["example"]["values"])
    least = sum(_least(values) for values in rows)
    return float(constant + least + sum(parts[0] for _, _, parts in kept))


def _effects(
    found: Mapping[str, Any], column: Mapping[str, Any], units: Mapping[str, str]
) -> _Values:
    """Each value of a predictor that has points, with what it adds to the score."""
    name = column["column"]
    one = {**found, "columns": [column]}

    def effect(value: Any) -> float:
        return contributions(one, {name: value})[0][2][0]

    seen: _Values = []
    if column["kind"] == "number":
        unit = f" {units[name]}" if units.get(name) else ""
        for value in ticks_within(column["range"]):
            seen.append((value, f"{numbers.brief(value)}{unit}", False, effect(value)))
    else:
        for value in column["levels"]:
            seen.append((value, words.level(value), False, effect(value)))
    if len(seen) < 2:
        return []
    levels = column["levels"] or ()
    own = [t["level"] for t in column["terms"] if t["level"] and t["level"] not in levels]
    for state in own:
        # "missing" is every way of being missing that has no term of its own
        said = next(s for s in STATES if s not in own) if state == "missing" else state
        label = "no entry" if state == "empty" else words.level(state)
        seen.append((said, label, True, effect(said)))
    return seen


def _line(
    column: Mapping[str, Any], values: _Values, labels: Mapping[str, str], unit: float
) -> Line:
    """One predictor in points."""
    least = _least(values)
    return Line(
        labels[column["column"]],
        tuple(Value(said, (e - least) / unit, is_gap) for _, said, is_gap, e in values),
        is_number=column["kind"] == "number",
    )


def _shown(lines: Sequence[Line]) -> int:
    """How many lines a drawing has room for; never fewer than one."""
    rows = 0
    for place, line in enumerate(lines):
        rows += 1 + sum(1 for value in line.values if not value.is_gap)
        if rows > _MOST_ROWS and place:
            return place
    return len(lines)


def ticks_within(limits: Sequence[float] | None) -> list[float]:
    """Two to four round numbers within two limits: no value of a patient among them but by chance.

    Examples
    --------
    >>> ticks_within([17.0, 71.0]), ticks_within([1.0, 7.0]), ticks_within(None)
    ([20.0, 40.0, 60.0], [2.0, 4.0, 6.0], [])
    """
    if limits is None or limits[1] <= limits[0]:
        return []
    low, high = limits
    power = 10.0 ** math.floor(math.log10(high - low))
    for step in (5 * power, 2 * power, power, power / 2, power / 5):
        first = math.ceil(low / step - 1e-9)
        last = math.floor(high / step + 1e-9)
        if last - first >= 2:
            thin = max(1, math.ceil((last - first + 1) / 4))
            break
    return [float(f"{k * step:.12g}") for k in range(first, last + 1, thin)]


def _ticks(
    found: Mapping[str, Any], place: int, base: float, unit: float, total: float
) -> tuple[tuple[float, str], ...]:
    """Totals at which a risk is a round one; where none is within reach, both ends."""
    ticks = []
    for risk in RISKS:
        spot = (_score_at(found, place, risk) - base) / unit
        if 0 <= spot <= total:
            ticks.append((spot, f"{100 * risk:.0f}%"))
    if len(ticks) > 1:
        return tuple(ticks)
    ends = [(spot, risk_at(found, place, base + unit * spot)) for spot in (0.0, total)]
    return tuple((spot, f"{100 * risk:.1f}%") for spot, risk in ends)


def risk_at(found: Mapping[str, Any], place: int, score: float) -> float:
    """The risk of a scale at a score: of grades that of being beyond a cut."""
    risks = risks_of(found, [score])
    return sum(risks[place + 1 :]) if found["link"] == "odds" else risks[place]


def _score_at(found: Mapping[str, Any], place: int, risk: float) -> float:
    """The score at which a scale has a risk."""
    if found["link"] == "cox":
        hazard = found["baseline"][place]["hazards"][0]
        return math.log(-math.log1p(-risk) / hazard) if hazard > 0 else math.inf
    threshold = found["constants"][place] if found["link"] == "odds" else 0.0
    return float(math.log(risk / (1 - risk)) + threshold)
