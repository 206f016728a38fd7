"""Steadiness: what refits on resamples of the patients say of the models, as rows of a table.

Belongs here: choosing and wording the numbers of the section "How steady the model is".
Does not belong here: HTML (`templates`), the refits (`analyses.stability`).
"""

from collections.abc import Sequence
from typing import Any

from analyses import numbers
from analyses.report.measures import apart_key, measures_of


def steadiness(page: dict[str, Any], models: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The section; None where no model was made anew from resamples.

    Returns
    -------
    dict or None
        `models` with refits, `rows` of the table (label, cells), `resamples`, `redrawn` and
        `sentence`.
    """
    refitted = [model for model in models if model.get("instability")]
    if not refitted:
        return None
    primary = next((m for m in refitted if m["role"] == "primary"), refitted[0])
    unstable = primary["instability"]
    apart = apart_key(page["outcome"].get("kind"))
    discrimination = measures_of(page["outcome"].get("kind"))[apart].short
    rows = [
        *_corrected(page, refitted, "bootstrap_632plus", ".632+"),
        *_corrected(page, refitted, "optimism_corrected", "optimism-corrected"),
        _row("Mean movement of a probability", refitted, _movement),
        _row("Calibration slope of the refits on all cases", refitted, _slopes),
        _row("Penalty C that the refits chose: middle half", refitted, _penalties),
        _row(
            f"{discrimination} under the one-standard-error penalty, unseen",
            refitted,
            lambda model: _one_se(model, apart),
        ),
    ]
    return {
        "models": refitted,
        "rows": [row for row in rows if any(cell != numbers.NONE for cell in row["cells"])],
        "changes": _changes(unstable),
        "resamples": unstable["resamples"],
        "redrawn": unstable["redrawn"],
        "movement": _movement(primary),
    }


def _row(label: str, models: Sequence[dict[str, Any]], said: Any) -> dict[str, Any]:
    """One row of the table: what is said of each model."""
    return {"label": label, "cells": [said(model) for model in models]}


def _corrected(
    page: dict[str, Any], models: Sequence[dict[str, Any]], kind: str, name: str
) -> list[dict[str, Any]]:
    """A row for each measure that has an estimate of this kind."""
    rows = []
    for key, measure in measures_of(page["outcome"].get("kind")).items():
        cells = []
        for model in models:
            found = ((model["performance"].get(kind) or {}).get(key)) or {}
            cells.append(numbers.number(found.get("estimate"), digits=measure.digits))
        if any(cell != numbers.NONE for cell in cells):
            rows.append({"label": f"{measure.short}, {name}", "cells": cells})
    return rows


def _movement(model: dict[str, Any]) -> str:
    """Mean absolute movement of a prediction, in percentage points."""
    return f"{100 * model['instability']['mape']:.1f} points"


def _slopes(model: dict[str, Any]) -> str:
    """Calibration slopes of the refits."""
    found = model["instability"]["calibration_slope"]
    if found is None:
        return numbers.NONE
    limits = numbers.interval([found["low"], found["high"]], digits=2)
    return f"{numbers.number(found['median'], digits=2)} ({limits})"


def _penalties(model: dict[str, Any]) -> str:
    """Quartiles of the chosen penalties."""
    found = (model.get("tuning") or {}).get("bootstrap_quantiles")
    if not found:
        return numbers.NONE
    return f"{numbers.brief(found['q25'])} to {numbers.brief(found['q75'])}"


def _one_se(model: dict[str, Any], key: str) -> str:
    """Nested AUC or C of the model of the one-standard-error rule."""
    found = ((model.get("tuning") or {}).get("one_se_nested_cv") or {}).get(key) or {}
    return numbers.number(found.get("estimate"), digits=2)


def _changes(unstable: dict[str, Any]) -> str:
    """How often a case changes sides, in one sentence; empty where that is not known."""
    if unstable["class_changes"] is not None:
        share = 100 * unstable["class_changes"]
        return f"In {share:.0f} of 100 predictions another group was the likeliest."
    said = ", ".join(
        f"{row['threshold']:g}: {100 * row['changed']:.0f}" for row in unstable["classification"]
    )
    return (
        "Of 100 predictions so many lay on the other side of a threshold than the one shown "
        f"({said})."
    )
