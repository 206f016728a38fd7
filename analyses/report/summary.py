"""The summary: what one page says of the cases, the model, how good it is, and for whom it is not.

Belongs here: sentences of the first page, each from numbers of this run.
Does not belong here: the verdict (`analyses.report.words`), HTML (`templates/summary.html`), what
the first page says of extreme cohorts (`analyses.report.remarks`).
A number of performance is always one on unseen cases.
"""

from collections.abc import Sequence
from typing import Any

from analyses import numbers
from analyses.disclosure import Shown, Small
from analyses.report import over_time, sections, words
from analyses.report.measures import apart_key
from analyses.report.pictures import model_name
from schemas.imaging_vocabularies import CORD_REGION

#: Below so many cases of a kind a reader is told.
FEW = 10
_COIN_TOSS = 0.5
_MOST_REASONS = 3
_BANDS = ("under 18", "18 to 64", "65 and over")
#: Variables whose groups say for whom little is known: (name, what it is called, every group).
_KINDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("age_years", "age", _BANDS),
    ("sex", "sex", ("female", "male")),
    ("cord_region", "region", CORD_REGION.coded),
    ("histology_group", "histology", ("ependymoma", "astrocytic", "haemangioblastoma", "other")),
)
#: Availability -> when a prediction with such predictors can be made, the latest last.
_WHEN = {
    "preoperative_clinical": "before surgery",
    "preoperative_imaging": "before surgery",
    "intraoperative": "during surgery",
    "pathology": "after pathology",
    "postoperative": "after surgery",
    "follow_up": "at follow-up",
}
_FROM = {
    "preoperative_clinical": "the clinic",
    "preoperative_imaging": "imaging",
    "intraoperative": "the operation",
    "pathology": "pathology",
    "postoperative": "the time after surgery",
    "follow_up": "follow-up",
}


def summary(page: dict[str, Any]) -> dict[str, Any]:
    """The answers of the first page.

    Parameters
    ----------
    page
        Released results.

    Returns
    -------
    dict
        `model` and `good`, lists of sentences, empty where nothing was fitted; `shows`, what the
        data show in place of a model; `not_for`, pairs of a heading and a sentence.
    """
    primary = sections.model_by_role(page, "primary")
    fitted = primary is not None
    return {
        "model": [_model(page, primary)] if primary else [],
        "good": _good(page, primary) if primary else [],
        "shows": [] if fitted or page["data"]["used"] == 0 else _shows(page),
        "not_for": _not_for(page, primary),
    }


def _model(page: dict[str, Any], primary: dict[str, Any]) -> str:
    """What the model predicts, when, from what kind of predictors."""
    n = len(primary["predictors"])
    when, sources = _known(page, primary)
    learner = "Cox regression" if words.is_survival(page) else "regression"
    name = {"ridge": "Ridge", "elastic_net": "Elastic-net"}.get(primary["name"])
    called = f"{name} {learner}" if name else words.human(primary["name"])
    predictor = "predictor" if n == 1 else "predictors"
    return f"{called} predicts {target(page)} from {n} {predictor}{sources}{when}."


def target(page: dict[str, Any]) -> str:
    """What a model of this kind of outcome predicts."""
    outcome = sections.outcome_name(page)
    kind = page["outcome"].get("kind")
    if words.is_survival(page):
        *first, last = [row["at"] for row in page["survival"]["horizons"]]
        ends = [f"{at:g}" for at in first] + [over_time.timed(page, last)]
        return f"the risk of {over_time.event_name(page)} within {_and(ends)}"
    if kind in ("multiclass", "ordinal"):
        n = len(page["outcome"]["classes"])
        what = "grades" if kind == "ordinal" else "groups"
        return f"the probability of each of {n} {what} ({outcome})"
    return f"the probability of the outcome ({outcome})"


def _known(page: dict[str, Any], primary: dict[str, Any]) -> tuple[str, str]:
    """When everything that the model reads is known, and where it comes from."""
    used = {
        str(row.get("availability"))
        for row in page["cohort"]["missingness"]
        if row["column"] in primary["predictors"]
    }
    known = [name for name in _WHEN if name in used]
    if not known:
        return "", ""
    sources = list(dict.fromkeys(_FROM[name] for name in known))
    return f", known {_WHEN[known[-1]]}", f" of {_and(sources)}"


def _and(parts: Sequence[str]) -> str:
    """Words joined as in a sentence.

    Examples
    --------
    >>> _and(["a"]), _and(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _good(page: dict[str, Any], primary: dict[str, Any]) -> list[str]:
    """Telling patients apart, right probabilities, against the baseline; on unseen cases."""
    nested = (primary.get("performance") or {}).get("nested_cv") or {}
    said = [_apart(page, nested), calibrated(page, primary, nested), _against(page, primary)]
    return [sentence for sentence in said if sentence]


def _apart(page: dict[str, Any], nested: dict[str, Any]) -> str:
    """Discrimination in words: of two patients, how often the right one."""
    found = nested.get(apart_key(page["outcome"].get("kind"))) or {}
    if found.get("estimate") is None:
        return "How well it tells patients apart could not be computed."
    pair = {
        "survival": "of whom one had the event first, it gave that one the higher risk",
        "ordinal": "with different grades, it put them in the right order",
        "multiclass": "from different groups, it gave each the higher probability of its own group",
    }.get(
        str(page["outcome"].get("kind")),
        "one with the outcome and one without, it gave the first the higher probability",
    )
    said = f"Of two patients, {pair} in {100 * found['estimate']:.0f} of 100 pairs"
    if found.get("interval"):
        low, high = (f"{100 * limit:.0f}" for limit in found["interval"])
        said += f" (95% interval {low} to {high}; a coin toss is 50)"
    return f"{said}, on cases that it had not seen.{_beside_chance(found.get('interval'))}"


def _beside_chance(interval: Sequence[float] | None) -> str:
    """What an interval that reaches a coin toss, or lies below it, means."""
    if not interval or interval[0] > _COIN_TOSS:
        return ""
    if interval[1] < _COIN_TOSS:
        return " That is worse than a coin toss."
    return " A coin toss may do as well."


def calibrated(page: dict[str, Any], primary: dict[str, Any], nested: dict[str, Any]) -> str:
    """Calibration in words."""
    ratio, slope = nested.get("o_e_ratio") or {}, nested.get("calibration_slope") or {}
    if ratio.get("estimate") is None:
        return _by_group(page, primary)
    by = ""
    if words.is_survival(page):
        by = f" by {over_time.timed(page, page['survival']['horizons'][0]['at'])}"
    told = _side(ratio, (0.9, 1.1), "too low", "too high")
    said = f"Its probabilities were {told or 'about right'} on average{by}"
    said += f" (observed / expected {_with_limits(ratio)})"
    if slope.get("estimate") is None:
        return said + "."
    told = _side(slope, (0.8, 1.25), "too timid", "too extreme")
    is_right, which = told or "neither too extreme nor too timid", "1 is right"
    if slope["estimate"] < 0:
        is_sure = bool(slope.get("interval")) and slope["interval"][1] < 0
        is_right = f"{'' if is_sure else 'perhaps '}in the wrong order"
        which += "; below 0: the higher it is, the rarer the outcome"
    return f"{said} and {is_right} (slope {_with_limits(slope)}; {which})."


def _side(found: dict[str, Any], near: tuple[float, float], above: str, below: str) -> str:
    """On which side of 1 a number lies; "perhaps" if only the estimate is not near; else empty."""
    estimate = found["estimate"]
    low, high = found.get("interval") or (estimate, estimate)
    if low > 1 or high < 1:
        return above if low > 1 else below
    if near[0] <= estimate <= near[1]:
        return ""
    return f"perhaps {above if estimate > 1 else below}"


def _with_limits(found: dict[str, Any]) -> str:
    """A number with its interval."""
    said = numbers.number(found["estimate"])
    return f"{said}, {numbers.interval(found['interval'])}" if found.get("interval") else said


def _by_group(page: dict[str, Any], primary: dict[str, Any]) -> str:
    """Calibration of several groups: the largest gap in their figures."""
    gaps = [
        (abs(group["observed"] - group["mean_risk"]), row["class"])
        for row in (primary.get("curves") or {}).get("by_class") or []
        for group in (row.get("calibration") or {}).get("bins") or []
    ]
    if not gaps:
        return "Whether its probabilities are right could not be judged."
    gap, name = max(gaps)
    what = "cut between grades" if page["outcome"].get("kind") == "ordinal" else "group"
    return (
        f"Among cases with similar predictions the share observed lay up to {100 * gap:.0f} "
        f"percentage points away from the predicted one ({what}: {words.level(name)})."
    )


def _against(page: dict[str, Any], primary: dict[str, Any]) -> str:
    """Whether the baseline was beaten."""
    found = page.get("comparison") or {}
    labels = {r["column"]: r.get("label") for r in page["cohort"]["missingness"]}
    names = [
        words.level(labels.get(name) or words.human(name))
        for name in page["plan"].get("baseline") or []
    ]
    of = f" ({_and(names)} only)" if names else ""
    if found.get("beats_baseline") is None:
        return "It was not compared with the baseline."
    if set(primary["predictors"]) == {*(page["plan"].get("baseline") or [])}:
        return "It reads the same predictors as the baseline: the two are hardly to be compared."
    key = "brier" if words.is_survival(page) else "log_loss"
    limits = ((found.get("difference") or {}).get(key) or {}).get("interval")
    if found["beats_baseline"]:
        said = f"It did better than the baseline{of}."
    elif limits and limits[0] > 0:
        said = f"It did worse than the baseline{of}."
    else:
        said = f"It did not clearly do better than the baseline{of}."
    best = found.get("best")
    if best not in (None, primary["name"]):
        said += f" The {str(best).replace('_', ' ')} did better still and takes its place."
    return said


def _shows(page: dict[str, Any]) -> list[str]:
    """Without a model: how often the outcome came, and how many patients a model would need."""
    outcome, said = page["outcome"], []
    percent = numbers.share(outcome.get("events"), outcome.get("n"))
    if outcome.get("classes"):
        groups = ", ".join(f"{g['label']} {g['n']}" for g in sections.groups_of(page))
        said.append(f"{sections.outcome_name(page)}: {groups}.")
    elif outcome.get("events") is not None and not words.is_survival(page):
        share = f" ({percent})" if percent else ""
        said.append(
            f"{sections.outcome_name(page)}: {outcome['events']} of {outcome['n']} cases{share}."
        )
    least = page["verdict"].get("minimum_n")
    said.append(
        f"A model with these predictors would need at least {least} patients."
        if least is not None
        else "How many patients a model would need cannot be computed from these cases."
    )
    return said


def _not_for(page: dict[str, Any], primary: dict[str, Any] | None) -> list[tuple[str, str]]:
    """For whom the results do not hold, from the data."""
    said = [("Care of a patient.", "Research only; no result here is for clinical use.")]
    if page["cohort"]["provenance"] == "simulated":
        said = [("Any real patient.", "Every case was invented by a program.")]
    if page["data"]["used"] == 0:
        return said
    few = rare(page)
    if few:
        said.append(("Patients hardly or never seen:", few))
    elsewhere = _elsewhere(page, primary)
    if elsewhere:
        said.append(("Other hospitals.", elsewhere))
    left = _left_out(page)
    if left:
        said.append(("Patients like those left out:", left))
    return said


def rare(page: dict[str, Any]) -> str:
    """Ages, regions and histologies with few cases or none."""
    few: list[str] = []
    none: list[str] = []
    for name, called, every in _KINDS:
        counts = _counts(page, name)
        seen = [
            f"{words.level(level)} ({n})"
            for level, n in counts.items()
            if isinstance(n, Small) or (isinstance(n, int) and 0 < n < FEW)
        ]
        gone = [words.level(level) for level in every if counts.get(level, 0) == 0]
        if name == page["outcome"].get("column"):  # a rare class may stand under another name
            gone = []
        if seen:
            few.append(f"{called} {', '.join(seen)}")
        if gone and counts and set(counts) <= {*every}:
            none.append(f"{called} {', '.join(gone)}")
    said = [f"{'; '.join(few)}."] if few else []
    if none:
        said.append(f"Never: {'; '.join(none)}.")
    return " ".join(said)


def _counts(page: dict[str, Any], name: str) -> dict[str, Shown]:
    """Cases of each group of a variable: from the outcome, the subgroups or Table 1."""
    if page["outcome"].get("column") == name and page["outcome"].get("classes"):
        rows = [*page["outcome"]["classes"], *(page["outcome"].get("merged") or [])]
        return {row["class"]: row["n"] for row in rows if row["class"] != "other"}
    for part in page.get("subgroups") or []:
        if part["variable"] == name:
            return {g["group"]: g["n"] for g in part["groups"] if g["group"] != "not recorded"}
    for row in page["cohort"]["table_one"]:
        if row["variable"] == name and row["kind"] != "number":
            overall = [g for g in row["groups"] if g["group"] == "overall"]
            return {each["level"]: each["n"] for g in overall for each in g["levels"]}
    return {}


def _elsewhere(page: dict[str, Any], primary: dict[str, Any] | None) -> str:
    """What is known of other centres."""
    centres = [row["centre"] for row in page["cohort"]["centres"]]
    if primary is None:
        return ""
    found = (primary.get("performance") or {}).get("internal_external")
    pooled = ((found or {}).get("pooled") or {}).get(apart_key(page["outcome"].get("kind")))
    if pooled and pooled.get("prediction_interval"):
        low, high = (f"{100 * limit:.0f}" for limit in pooled["prediction_interval"])
        return (
            "At a centre it was not made from, it may put two patients in the right order in "
            f"anywhere from {low} to {high} of 100."
        )
    if len(centres) > 1 and found:
        return (
            f"{len(centres)} centres, too few or too small to say how the {model_name(primary)} "
            "model does elsewhere."
        )
    return "How it does elsewhere was not tested."


def _left_out(page: dict[str, Any]) -> str:
    """Who was left out, the largest groups first."""
    rows = [row for row in page["data"]["excluded"] if row["n"] != 0]
    rows.sort(key=lambda row: (-row["n"] if isinstance(row["n"], int) else 0, row["reason"]))
    said = [f"{row['reason']} ({row['n']})" for row in rows[:_MOST_REASONS]]
    more = len(rows) - len(said)
    if more > 0:
        said.append(f"{more} further {'reason' if more == 1 else 'reasons'}")
    return "; ".join(said) + "." if said else ""
