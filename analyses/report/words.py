"""Plain words of the report: what a verdict, a measure, a cohort and a state mean.

Belongs here: fixed sentences for clinicians and exact definitions for biostatisticians.
Does not belong here: sentences with numbers of this run (`analyses.report.sections`).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

RESEARCH_ONLY = "Research use only, not for clinical use."

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CAPITALS = {
    word: word.upper()
    for word in [
        "adc",
        "auc",
        "braf",
        "dwi",
        "ct",
        "eor",
        "h3",
        "idh",
        "ionm",
        "mri",
        "nf1",
        "nf2",
        "os",
        "pfs",
        "t1",
        "t2",
        "tert",
        "vhl",
        "who",
    ]
} | {"mccormick": "McCormick", "mycn": "MYCN"}


def human(name: object) -> str:
    """Name of a column or level in words: underscores become spaces, abbreviations capitals.

    Parameters
    ----------
    name
        As stored.

    Returns
    -------
    str
        Begins with a capital letter unless it begins with none.

    Examples
    --------
    >>> human("t2_signal"), human("not_assessable"), human("")
    ('T2 signal', 'Not assessable', '(empty)')
    """
    said = " ".join(_CAPITALS.get(word, word) for word in str(name).replace("_", " ").split())
    return said[:1].upper() + said[1:] if said else "(empty)"


def straight(text: str) -> str:
    """A text without marks that turn the direction of writing: they would turn what follows too.

    Examples
    --------
    >>> straight("a" + chr(0x202E) + "b")
    'ab'
    """
    return _TURNS.sub("", text)


def slug(name: object) -> str:
    """A name as a part of an id and of the name of a file: small letters, digits, hyphens.

    A name that is something else (markup, a path) gets a piece of its hash: two never meet.

    Examples
    --------
    >>> slug("filum_terminale"), slug("../../x"), slug("<svg onload=1>")
    ('filum-terminale', 'x-9cdf6a', 'svg-onload-1-9222d9')
    """
    said = str(name).replace("_", "-")
    kept = "-".join(re.findall("[a-z0-9]+", said.lower()))[:40]
    if kept == said:
        return kept
    return f"{kept}-{hashlib.sha256(str(name).encode()).hexdigest()[:6]}".lstrip("-")


def label_of(label: object, name: object) -> str:
    """Label of a column for a page: the given one with a capital, else its name in words.

    Parameters
    ----------
    label
        As the results give it, or None.
    name
        Name of the column.

    Returns
    -------
    str
        A symbol such as "n" at the start stays as it is.

    Examples
    --------
    >>> label_of("cord region", "cord_region"), label_of("n segments", "x"), label_of(None, "a_b")
    ('Cord region', 'n segments', 'A b')
    """
    said = " ".join(str(label or "").split()) or human(name)
    return said[:1].upper() + said[1:] if said[1:2].isalpha() else said


def level(name: object) -> str:
    """Name of a level inside a table: as `human`, in lower case.

    Parameters
    ----------
    name
        As stored.

    Returns
    -------
    str
        Words.

    Examples
    --------
    >>> level("not_assessable"), level("T2"), level("McCormick grade")
    ('not assessable', 'T2', 'McCormick grade')
    """
    said = human(name)
    return said[:1].lower() + said[1:] if said.split(" ", 1)[0][1:].islower() else said


#: What a model that may take the primary model's place is.
CHALLENGERS = {
    "elastic_net": "the regression of ridge with a penalty that sets coefficients to 0",
    "random_forest": "500 decision trees with at least five cases in every leaf, not tuned; it has "
    "no coefficients",
    "ebm": "explainable boosting: one curve for each predictor, added up, not tuned; it has no "
    "coefficients",
}


def is_binary(page: Mapping[str, Any]) -> bool:
    """Whether the outcome has two values; else it has classes, grades, or a time."""
    return page["outcome"].get("kind") not in ("multiclass", "ordinal", "survival")


def is_survival(page: Mapping[str, Any]) -> bool:
    """Whether the outcome is a time to an event."""
    return bool(page["outcome"].get("kind") == "survival")


#: level -> (headline, what it means)
VERDICTS = {
    "describe_only": (
        "Description only: no model was fitted",
        "There are too few patients, or too few with the outcome, for any prediction model. "
        "The report counts and describes; nothing in it predicts.",
    ),
    "penalised_only": (
        "Exploratory only: too few patients for a model to rely on",
        "Models that shrink their estimates were fitted to see how much these data could say. "
        "How well they did is uncertain, and no prediction for a patient should be made with "
        "them.",
    ),
    "model": (
        "Enough patients for a model of this size",
        "The number of patients meets the published criteria for developing a model with these "
        "predictors. That says nothing yet about patients of other hospitals.",
    ),
}

#: provenance -> (band, short name, where the rows come from)
COHORTS = {
    "simulated": (
        "Simulated data: these patients do not exist.",
        "Simulated registry",
        (
            "Every row was made by a computer program. The program was calibrated to published "
            "counts, so the frequencies look plausible, but no row stands for a person and no "
            "finding here is a finding about the disease.",
            "Use: to check that the whole line from delivery to report works, and what a "
            "registry of this size could show.",
        ),
    ),
    "published": (
        "Published case reports: real patients, but not a cohort.",
        "Published case reports",
        (
            "Facts transcribed from case reports and small series. Their authors and editors "
            "chose the patients because they were unusual, and wrote down what seemed worth "
            "telling. No name, date, institution or sentence of a report is kept; the sources "
            "are listed with the data.",
        ),
    ),
    "registry": (
        "Registry data: confidential. Counts of 1 to 4 are hidden.",
        "Registry",
        ("Rows delivered by the participating sites under their own approvals.",),
    ),
}
UNKNOWN_COHORT = (
    "Origin of the rows not stated: treated as confidential. Counts of 1 to 4 are hidden.",
    "Table of unknown origin",
    ("The table was analysed as it came; who the patients are is not known here.",),
)

CANNOT_BEAR = (
    ("No cohort.", "Nobody knows how many patients were never reported."),
    (
        "Editors print the unusual.",
        "Rare types, children, bleeding and bad courses are over-represented; frequencies mean "
        "nothing.",
    ),
    (
        "Signs are printed mostly when present.",
        "An empty entry is “not reported”, never “absent”.",
    ),
    (
        "No estimate for any patient.",
        "Associations and model performance may be artefacts of what gets reported.",
    ),
)

AVAILABILITY = {
    "key": "identifier",
    "admin": "administrative",
    "preoperative_clinical": "before surgery, clinic",
    "preoperative_imaging": "before surgery, imaging",
    "intraoperative": "during surgery",
    "pathology": "after pathology",
    "postoperative": "after surgery",
    "follow_up": "at follow-up",
}

NOT_COMPUTED = "Not computed in this version."
WITHHELD_ON_PURPOSE = "Withheld."
#: key of a model -> (name, status, why it matters); shown where the key holds null
NOT_YET = {
    "internal_external": (
        "Internal-external validation (leave one centre out)",
        "Not possible here.",
        "It shows whether a model made without one hospital works there, and needs at least three "
        "hospitals; case reports have none.",
    ),
    "instability": (
        "Instability of predictions",
        NOT_COMPUTED,
        "It would show how much the prediction for the same patient changes when the model is made "
        "from a slightly different sample.",
    ),
    "bootstrap_632plus": (
        "Bootstrap .632+ estimates",
        NOT_COMPUTED,
        "A second kind of internal validation, to set beside nested cross-validation.",
    ),
    "optimism_corrected": (
        "Optimism-corrected (Harrell) estimates",
        WITHHELD_ON_PURPOSE,
        "Shown only for models without tuning and with at least 10 events per parameter; "
        "otherwise it corrects too little.",
    ),
}
