"""Options of a plan: what is looked at beyond the primary estimate, and what fits which outcome.

Belongs here: the keys `permutation`, `conformal`, `correlated`, `harmonise` and `sensitivity`,
models of a kind of outcome.
Does not belong here: the plan itself (`analyses.plan`), YAML (`analyses.plan_text`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses.other_choices import CHOICES
from analyses.plan_text import PlanReader
from schemas.errors import UsageError

#: Numbers that may be asked for in place of "none": type, smallest, largest, in words.
NUMBERS: dict[str, tuple[type, float, float, str]] = {
    "permutation": (int, 1, 10000, "none, or a whole number from 1 to 10000"),
    "conformal": (float, 0.5, 0.99, "none, or a coverage from 0.5 to 0.99"),
    "correlated": (float, 0.5, 0.999, "none, or a rank correlation from 0.5 to 0.999"),
}
#: The sensitivity analysis that makes the primary model from each reader's signs.
BY_READER = "by_reader"
#: Missing values otherwise (`analyses.missing_lines`).
OF_MISSING = ("complete_cases", "not_assessable")
#: Models of the platform that know no order of grades.
_WITHOUT_ORDER = ("elastic_net", "random_forest", "ebm")


def number_or_none(reader: PlanReader, keys: Mapping[str, Any], key: str) -> Any:
    """A number within its limits, or "none"."""
    value, (kind, low, high, wanted) = keys.get(key, "none"), NUMBERS[key]
    if value == "none":
        return value
    allowed = int if kind is int else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed) or not low <= value <= high:
        raise reader.error(key, value, wanted)
    return kind(value)


def read_harmonise(reader: PlanReader, raw: object) -> str:
    """Either none or combat; no covariate can be named, so that the outcome cannot be one."""
    if isinstance(raw, dict):
        raise UsageError(
            f"{reader.source}, harmonise: combat takes no covariates. With the outcome as one, "
            "what a model is to find out would be written into its predictors. Write "
            "'harmonise: combat'."
        )
    return reader.choice(raw, "harmonise", of=("none", "combat"))


def read_sensitivity(reader: PlanReader, raw: object) -> tuple[str, ...]:
    """The sensitivity analyses by name."""
    named = reader.names(raw, "sensitivity", least=0)
    for place, name in enumerate(named):
        reader.choice(name, f"sensitivity[{place}]", of=(*CHOICES, *OF_MISSING, BY_READER))
    return named


def check_kind(reader: PlanReader, kind: str, *, models: Sequence[str], conformal: object) -> None:
    """Refuse what is not made for this kind of outcome.

    Raises
    ------
    UsageError
        Naming the key and the reason.
    """
    for place, model in enumerate(models):
        where = f"{reader.source}, models[{place}]"
        if model == "elastic_net" and kind == "multiclass":
            raise UsageError(
                f"{where}: elastic_net is for a binary outcome, this one is 'multiclass'. A slope "
                "set to 0 for one class and not for the next says little, and a penalty over "
                "classes is not built. Take it out of the plan."
            )
        if kind == "survival" and model not in ("ridge", "elastic_net"):
            raise UsageError(
                f"{where}: of a time to an event two models are made, ridge and elastic_net (Cox "
                f"regression with a penalty); {model} does not take censored cases into account. "
                "Take it out of the plan."
            )
        if model in _WITHOUT_ORDER and kind == "ordinal":
            raise UsageError(
                f"{where}: {model} knows no order of grades. Name ridge (proportional odds), or "
                "models of another package."
            )
    if conformal != "none" and kind == "survival":
        raise UsageError(
            f"{reader.source}, conformal: prediction sets are for classes, and of a censored case "
            "nobody knows the class. Take the key out."
        )
    if conformal != "none" and kind == "ordinal":
        raise UsageError(
            f"{reader.source}, conformal: prediction sets are for classes without an order; a set "
            "of grades could leave out the middle one. Take the key out."
        )


def check_prior(reader: PlanReader, kind: str, *, models: Sequence[str], prior: str) -> None:
    """Refuse published odds ratios as a prior where there is no ridge regression of two classes.

    Raises
    ------
    UsageError
        Naming the key and the reason.
    """
    if prior != "none" and (kind != "binary" or "ridge" not in models):
        raise UsageError(
            f"{reader.source}, prior: published odds ratios are for a binary outcome and are shown "
            "beside the model 'ridge'. Take the key out, or name such an outcome and ridge among "
            "the models."
        )
