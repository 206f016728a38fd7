"""Merging: what is joined or left out of a confidential report before anything has to be hidden.

Belongs here: joining small exclusions, leaving out breakdowns of small classes.
Does not belong here: hiding counts (`analyses.report.release`), the rule (`analyses.disclosure`).
"""

from typing import Any

from analyses.disclosure import SMALLEST_SHOWN


def merge_small_steps(page: dict[str, Any]) -> None:
    """Join exclusions of 1 to 4 cases with the next reason: hiding one would hide most of the flow.

    Source: design/faults.md section 6, merge first, hide second.
    """
    merged: list[dict[str, Any]] = []
    for step in page["cohort"]["attrition"]:
        before = merged[-1] if merged else None
        if before is not None and 0 < before["n_out"] < SMALLEST_SHOWN:
            before.update(
                step=f"{before['step']}; or: {step['step']}",
                n_out=before["n_out"] + step["n_out"],
                n_after=step["n_after"],
            )
        else:
            merged.append(dict(step))
    while len(merged) > 1 and 0 < merged[-1]["n_out"] < SMALLEST_SHOWN:
        last = merged.pop()
        merged[-1].update(
            step=f"{merged[-1]['step']}; or: {last['step']}",
            n_out=merged[-1]["n_out"] + last["n_out"],
            n_after=last["n_after"],
        )
    counted = {step["step"]: step["n_out"] for step in page["cohort"]["attrition"]}
    as_listed = {row["reason"]: row["n"] for row in page["data"]["excluded"]}
    if as_listed == {reason: n for reason, n in counted.items() if n}:
        page["data"]["excluded"] = [
            {"reason": step["step"], "n": step["n_out"]} for step in merged if step["n_out"]
        ]
        page["cohort"]["attrition"] = merged


def leave_out_breakdown(page: dict[str, Any]) -> None:
    """Leave out what each class has of everything: most cells of it would have to be hidden.

    Hiding them one by one hides in the end the sizes of the classes themselves (measured on 363
    simulated cases in four classes), and those matter most.
    """
    for row in page["cohort"]["table_one"]:
        row.update(groups=[g for g in row["groups"] if g["group"] == "overall"], smd=None)
    for row in page["cohort"]["centres"]:
        row["classes"] = None
    for model in page["models"]:
        found = model["performance"].get("internal_external") or {}
        for row in found.get("by_centre") or []:
            row["events"] = None
