"""Paragraphs of the report generated from the plan and the results: limitations.

Belongs here: what speaks against relying on this run.
Does not belong here: fixed sentences (`words`), methods (`methods`), tables (`sections`).
"""

from typing import Any

from analyses import numbers
from analyses.report import sections, words


def limitations(page: dict[str, Any]) -> list[str]:
    """What speaks against relying on this analysis, from the weightiest on."""
    provenance, gaps = page["cohort"]["provenance"], sections.missing_summary(page)
    said = []
    if provenance == "simulated":
        said.append("The patients are invented: no finding carries over to real ones.")
    if provenance == "published":
        said += [f"{head} {text}" for head, text in words.CANNOT_BEAR]
        said.append(
            "Reports span decades, classifications and scanners; older tumour names were mapped "
            "to current ones."
        )
    if provenance == "published" and page["models"]:
        said.append(
            "A model can learn which reports mention a thing rather than what it means: the "
            "indicators of being not reported are themselves predictors."
        )
    if gaps["mostly"]:
        said.append(
            f"{gaps['mostly']} of {gaps['predictors']} predictors are missing in more than half "
            "of the cases; filling them in cannot bring the information back."
        )
    ratio = page["verdict"].get("events_per_parameter")
    if page["models"] and ratio is not None and ratio < 10:
        said.append(
            f"Only {numbers.brief(round(ratio, 2))} events per parameter: shrinkage does not cure "
            "a small sample, because the amount of shrinkage is itself uncertain."
        )
    if words.is_survival(page):
        said.append(
            "Times are known only as closely as images follow one another, and events before entry "
            "may be missing altogether (see Over time)."
        )
    if page["models"]:
        said.append(
            "Validation is internal: the same cases made and tested the models, in turns. How "
            "they do in other hospitals is not known."
            if sections.model_by_role(page, "primary") is None
            or not page["models"][-1]["performance"].get("internal_external")
            else "Validation is within one registry: even a centre left out delivered by the same "
            "rules as the others. How the models do elsewhere is not known."
        )
        said.append("Associations are not causes; no coefficient says what an intervention does.")
    return said
