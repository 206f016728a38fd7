"""The page: released results, sections and figures into one HTML file.

Belongs here: the order of the sections and the template environment.
Does not belong here: numbers, words, drawings (the other modules of this package).
"""

import json
from collections.abc import Mapping
from typing import Any

from analyses import numbers
from analyses.report import (
    contest,
    described,
    environment,
    model_pictures,
    over_time,
    pictures,
    prose,
    sections,
    words,
)
from analyses.report.card import card
from analyses.report.further import further
from analyses.report.hazard_ratios import hazard_ratios
from analyses.report.items import checklists
from analyses.report.methods import methods
from analyses.report.patterns import patterns
from analyses.report.readers import readers
from analyses.report.release import release
from analyses.report.remarks import headline_of, remarks
from analyses.report.shortening import SHOWN, shortened
from analyses.report.specification import specification
from analyses.report.steadiness import steadiness
from analyses.report.summary import summary
from analyses.report.time_pictures import time_figures

#: Every section a report can have, as (id, heading), in order.
SECTIONS = (
    ("summary", "Summary"),
    ("origin", "Where the data come from"),
    ("participants", "Participants"),
    ("table-one", "Table 1: who they are"),
    ("missing", "What is missing"),
    ("availability", "Predictors and when each is known"),
    ("outcome", "Outcome"),
    ("size", "Sample size"),
    ("over-time", "Over time"),
    ("table-one-by", "Table 1 by other groupings"),
    ("associations", "Single predictors and the outcome"),
    ("literature", "Beside the literature"),
    ("not-fitted", "What was not fitted"),
    ("specification", "The model in full"),
    ("discrimination", "Discrimination: telling patients apart"),
    ("calibration", "Calibration: are the probabilities right"),
    ("performance", "Error, and against the baseline"),
    ("decision", "Decision curve"),
    ("centres", "At centres it was not made from"),
    ("steadiness", "How steady the model is"),
    ("permutation", "Against chance"),
    ("sets", "Sets of groups for one patient"),
    ("subgroups", "In subgroups"),
    ("sensitivity", "With other cases or other choices"),
    ("readers", "Readers"),
    ("prior", "With published odds ratios as a prior"),
    ("not-yet", "What was not computed"),
    ("warnings", "Warnings"),
    ("limitations", "Limitations"),
    ("model-card", "Model card"),
    ("methods", "Methods"),
    ("reporting-items", "Reporting items"),
    ("provenance", "Provenance of this file"),
)


def render_report(results: dict[str, Any], *, beside: Mapping[str, bytes] | None = None) -> bytes:
    """One self-contained HTML file: no script, no request, figures and styles inside.

    Parameters
    ----------
    results
        As in `results.json` (`imsct.results/1`); not changed.
    beside
        Files that lie beside the results, by name: `model.json` where a model was frozen.

    Returns
    -------
    bytes
        UTF-8. The same results give the same bytes in the same locked environment.

    Raises
    ------
    IntegrityError
        If counts of the results do not add up.

    Notes
    -----
    Counts pass disclosure control for the audience of the provenance of the rows.
    Order of the sections after TRIPOD+AI (BMJ 2024;385:e078378).
    """
    page, files = release(shortened(results)), beside or {}
    made = context(page)
    described = json.loads(files["model.json"]) if "model.json" in files else None
    made["card"] = card(page, described)
    made["checklists"] = checklists(page, results, dict(made["contents"]), files)
    html = environment.templates().get_template("page.html").render(made)
    return html.encode("utf-8")


def context(page: dict[str, Any]) -> dict[str, Any]:
    """Everything the template names.

    Parameters
    ----------
    page
        Released results.

    Returns
    -------
    dict
        Values for `templates/page.html`.
    """
    primary = sections.model_by_role(page, "primary")
    is_binary = words.is_binary(page)
    baseline = sections.model_by_role(page, "baseline")
    models = [m for m in (baseline, primary) if m is not None]
    models += [m for m in page["models"] if m["role"] not in ("baseline", "primary")]
    provenance = page["cohort"]["provenance"]
    band, cohort, origin = words.COHORTS.get(str(provenance), words.UNKNOWN_COHORT)
    headline, meaning = headline_of(page)
    made = {
        **_of_models(page, primary, baseline, models),
        **_of_cases(page),
        "page": page,
        "provenance": provenance,
        "snapshot": page["provenance"]["snapshot"],
        "band": band,
        "cohort_name": cohort,
        "origin": origin,
        "research_only": words.RESEARCH_ONLY,
        "headline": headline,
        "meaning": meaning,
        "remarks": remarks(page),
        "told": summary(page),
        "cannot_bear": words.CANNOT_BEAR if provenance == "published" else (),
        "shown": SHOWN,
        "title": str(page.get("title") or page["plan"].get("title") or "Report"),
        "outcome": sections.outcome_name(page),
        "is_binary": is_binary,
        "is_ordinal": page["outcome"].get("kind") == "ordinal",
        "is_survival": words.is_survival(page),
        "over_time": over_time.over_time(page),
        "time_figures": time_figures(page),
        "predictors": sections.predictors(page) if page["data"]["used"] != 0 else [],
        "cautions": sections.cautions(page),
        "methods": methods(page),
        "limitations": prose.limitations(page),
        "percent": numbers.share(page["outcome"].get("events"), page["outcome"].get("n")),
    }
    return made | {"contents": contents(made)}


def _of_cases(page: dict[str, Any]) -> dict[str, Any]:
    """What is told of the cases before any model: flow, tables, gaps, associations, literature."""
    return {
        "groups": sections.groups_of(page),
        "merged": sections.merged_classes(page),
        **_of_missing(page),
        "flow": pictures.flow(page),
        "table_one": sections.table_one(page),
        "differences_figure": pictures.differences(page),
        "tables_by": described.tables_by(page),
        "associations": described.associations(page),
        "literature": described.literature(page),
        "literature_figure": pictures.published(page, described.panels(page)),
    }


def _of_missing(page: dict[str, Any]) -> dict[str, Any]:
    """What the template shows of missing values."""
    return {
        "gaps": sections.missing_summary(page),
        "missing_figure": pictures.gaps(page),
        "patterns": patterns(page),
        "patterns_figure": pictures.missing_together(page),
    }


def _of_models(
    page: dict[str, Any],
    primary: dict[str, Any] | None,
    baseline: dict[str, Any] | None,
    models: list[dict[str, Any]],
) -> dict[str, Any]:
    """What the template shows of the models; empty things where none was fitted."""
    measured = sections.measures_table(page, models)
    return {
        "primary": primary,
        "baseline": baseline,
        "models": models,
        "terms": sections.terms(page, primary),
        "baseline_terms": sections.terms(page, baseline),
        "penalty": sections.penalty(page, primary),
        "inference": sections.inference(page),
        "cox": hazard_ratios(page),
        "by_horizon": over_time.by_horizon(page, models),
        "written": specification(page),
        "measures": {
            part: [
                row
                for row in measured
                if row["part"] == part and any(c["nested"] != numbers.NONE for c in row["cells"])
            ]
            for part in ("apart", "calibrated", "overall")
        },
        "measures_figure": pictures.measures(page, models),
        "comparison": contest.comparison(page) if models else "",
        "challengers": contest.challengers(page),
        "steadiness": steadiness(page, models),
        "centres": contest.centres(page, models),
        "further": further(page),
        "readers": readers(page),
        "prior": described.prior(page),
        "calibration_figures": pictures.curves(page, primary),
        "roc_figures": model_pictures.rocs(page, models),
        "decision": contest.decision(primary, baseline),
        "decision_figure": model_pictures.net_benefit(page, primary, baseline),
        "refits_figure": model_pictures.refits(page, primary),
        "centres_figure": model_pictures.left_out(page, primary),
        "not_yet": sections.not_yet(primary),
    }


def contents(made: dict[str, Any]) -> list[tuple[str, str]]:
    """Sections that this report has, as (id, heading), in order."""
    fitted = bool(made["models"])
    there = {
        "table-one": bool(made["table_one"]["rows"]),
        "missing": bool(made["predictors"]),
        "availability": bool(made["predictors"]),
        "over-time": made["over_time"] is not None,
        "table-one-by": bool(made["tables_by"]),
        "associations": bool(made["associations"]),
        "literature": bool(made["literature"]),
        "not-fitted": not fitted,
        "specification": fitted,
        "discrimination": fitted,
        "calibration": bool(made["calibration_figures"] or made["measures"]["calibrated"]),
        "performance": fitted,
        "decision": bool(made["decision"]),
        "centres": made["centres"] is not None,
        "steadiness": made["steadiness"] is not None,
        "permutation": bool(made["further"]["permutation"]),
        "sets": bool(made["further"]["sets"]),
        "subgroups": bool(made["further"]["subgroups"]),
        "sensitivity": bool(made["further"]["sensitivity"] or made["further"]["filled"]),
        "readers": fitted and made["readers"] is not None,
        "prior": bool(made["prior"]),
        "not-yet": bool(made["not_yet"]),
    }
    return [(name, heading) for name, heading in SECTIONS if there.get(name, True)]
