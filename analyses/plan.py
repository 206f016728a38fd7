"""The analysis plan: a YAML file, read, checked and hashed before any data are seen.

Belongs here: the plan's form, its defaults, its hash, the plans shipped with the package.
Does not belong here: whether it fits a table (`analyses.selection`), running it
(`analyses.protocol`).
Every key that the plan does not write has its default filled in before the hash is taken.
"""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analyses.own_models import own_models
from analyses.plan_options import (
    NUMBERS,
    check_kind,
    number_or_none,
    read_harmonise,
    read_sensitivity,
)
from analyses.plan_text import PlanReader, StrictLoader
from schemas.errors import UsageError

#: Every cohort of the snapshot, each by itself.
EACH = "each"
PROVENANCES = ("simulated", "published", "registry")
#: The models of the platform that a plan may list, besides those of `analyses.own_models`.
MODELS = ("ridge", "elastic_net", "random_forest", "ebm")
KINDS = ("binary", "multiclass", "ordinal")


@dataclass(frozen=True)
class DataKeys:
    """Which columns name the row, the patient and the centre, and which texts mean missing."""

    id: str
    group: str | None = None
    centre: str | None = None
    missing: tuple[str, ...] = ("",)


@dataclass(frozen=True)
class Population:
    """The rows of the warehouse that take part: one provenance, `each`, or None (free table)."""

    provenance: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What is predicted.

    `positive` is the value that counts as the event (binary); `rest` the class that classes of
    fewer than ten patients join (multiclass; None: they stay apart). An ordinal outcome is a grade,
    written as a number; a higher one is worse.
    """

    kind: str
    column: str
    positive: str | None = None
    rest: str | None = None


@dataclass(frozen=True)
class Columns:
    """A choice of columns: by name, all but some, or by the beginning of the name; exactly one."""

    names: tuple[str, ...] | None = None
    all_except: tuple[str, ...] | None = None
    prefix: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Resampling:
    """Folds, repeats, bootstraps and seed.

    `inner_folds` may shrink in a training part with few events. `challenger_bootstraps` says how
    many of the bootstraps the challengers get too; None: all of them.
    """

    outer_folds: int = 5
    inner_folds: int = 5
    repeats: int = 10
    bootstraps: int = 200
    challenger_bootstraps: int | None = None
    seed: int = 1

    def bootstraps_of(self, role: str) -> int:
        """How many bootstraps a model of this role gets.

        Examples
        --------
        >>> Resampling(bootstraps=200, challenger_bootstraps=20).bootstraps_of("challenger")
        20
        """
        if role != "challenger" or self.challenger_bootstraps is None:
            return self.bootstraps
        return min(self.bootstraps, self.challenger_bootstraps)


@dataclass(frozen=True)
class Plan:
    """A plan with every default filled. `source` names the file in messages and is not hashed.

    `agreement` names a file of repeated reads beside the plan, `correlated` the rank correlation
    above which a column falls away; `permutation` is a number of permuted outcomes, `conformal` the
    coverage of prediction sets, or "none"; `subgroups` are columns, `sensitivity` names of other
    analyses (`SENSITIVITY`).
    """

    name: str
    source: str
    title: str
    data: DataKeys
    population: Population
    outcome: Outcome
    predictors: Columns
    baseline: tuple[str, ...]
    models: tuple[str, ...] = MODELS[:1]
    resampling: Resampling = Resampling()
    thresholds: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    harmonise: str = "none"
    impute: str = "median"
    agreement: str = "none"
    correlated: float | str = "none"
    permutation: int | str = "none"
    conformal: float | str = "none"
    subgroups: tuple[str, ...] = ()
    sensitivity: tuple[str, ...] = ()

    def effective(self) -> dict[str, Any]:
        """The plan as JSON-ready values, every default filled; what the hash is taken of."""
        kept: dict[str, Any] = _plain(dataclasses.asdict(self))
        return {key: value for key, value in kept.items() if key not in ("name", "source")}

    @property
    def sha256(self) -> str:
        """SHA-256 of the effective plan in canonical JSON."""
        text = json.dumps(
            self.effective(), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return hashlib.sha256(text.encode("utf-8")).hexdigest()

    def for_cohort(self, provenance: str) -> "Plan":
        """The same plan on one cohort only, with the cohort in its name.

        Raises
        ------
        UsageError
            If the plan itself names another cohort, or the cohort is not known.
        """
        if provenance not in PROVENANCES:
            raise UsageError(
                f"{self.source}: there is no cohort '{provenance}'; "
                f"use one of {', '.join(PROVENANCES)}."
            )
        if self.population.provenance not in (EACH, provenance):
            raise UsageError(
                f"{self.source}, population.provenance: the plan is for "
                f"'{self.population.provenance}' cases, not for '{provenance}' ones. "
                "Write 'each' to allow every cohort, each by itself."
            )
        return dataclasses.replace(
            self,
            name=f"{self.name}-{provenance}",
            population=Population(provenance=provenance),
        )


def load_plan(path: Path) -> Plan:
    """Read a plan file.

    Raises
    ------
    UsageError
        If the file cannot be read as UTF-8, or is no valid plan.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path.name}: the plan cannot be read ({error.strerror}). Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name}: the plan is not UTF-8 text. Save it as UTF-8.") from error
    return parse_plan(text, name=path.name)


def shipped_plans() -> dict[str, Plan]:
    """The plans that come with the package, by name.

    Examples
    --------
    >>> sorted(shipped_plans())  # doctest: +NORMALIZE_WHITESPACE
    ['ependymoma_vs_astrocytoma', 'functional_decline', 'gross_total_resection', 'high_grade',
    'histology', 'mccormick_12m']
    """
    folder = Path(__file__).parent / "plans"
    plans = (load_plan(path) for path in sorted(folder.glob("*.yaml")))
    return {plan.name: plan for plan in plans}


def parse_plan(text: str, *, name: str) -> Plan:
    r"""Read the text of a plan.

    Parameters
    ----------
    text
        YAML.
    name
        Name of the plan or of its file; an ending `.yaml` or `.yml` is left out of the plan's name.

    Raises
    ------
    UsageError
        If a key is unknown, missing or of the wrong type, or a value is not allowed; the
        message names file and key.

    Examples
    --------
    >>> plan = parse_plan(
    ...     "title: T\ndata: {id: case_id}\n"
    ...     "outcome: {kind: binary, column: y, positive: 'yes'}\n"
    ...     "predictors: [a, b]\nbaseline: [a]\n",
    ...     name="eor.yaml",
    ... )
    >>> plan.name, plan.predictors.names, plan.resampling.repeats
    ('eor', ('a', 'b'), 10)
    """
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    source = name if name != stem else f"{name}.yaml"
    try:
        raw = yaml.load(text, Loader=StrictLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or "cannot be read"
        raise UsageError(f"{source}{where}: not valid YAML ({what}). Correct the line.") from error
    reader = PlanReader(source)
    keys = reader.mapping(
        raw, "", required=("title", "data", "outcome", "predictors", "baseline"), optional=_OPTIONAL
    )
    plan = Plan(
        name=stem,
        source=source,
        title=reader.text(keys["title"], "title"),
        data=_read_data(reader, keys["data"]),
        population=_read_population(reader, keys.get("population", {})),
        outcome=_read_outcome(reader, keys["outcome"]),
        predictors=_read_columns(reader, keys["predictors"]),
        baseline=reader.names(keys["baseline"], "baseline"),
        models=reader.names(keys.get("models", list(MODELS[:1])), "models"),
        resampling=_read_resampling(reader, keys.get("resampling", {})),
        thresholds=_read_thresholds(reader, keys.get("thresholds")),
        agreement=reader.text(keys.get("agreement", "none"), "agreement"),
        harmonise=read_harmonise(reader, keys.get("harmonise", "none")),
        correlated=number_or_none(reader, keys, "correlated"),
        permutation=number_or_none(reader, keys, "permutation"),
        conformal=number_or_none(reader, keys, "conformal"),
        subgroups=reader.names(keys.get("subgroups", []), "subgroups", least=0),
        sensitivity=read_sensitivity(reader, keys.get("sensitivity", [])),
        **{
            key: reader.choice(keys[key], key, of=allowed)
            for key, allowed in _SINGLE_CHOICES.items()
            if key in keys
        },
    )
    for place, model in enumerate(plan.models):
        offered = MODELS if model in MODELS else (*MODELS, *own_models())
        reader.choice(model, f"models[{place}]", of=offered)
    check_kind(reader, plan.outcome.kind, models=plan.models, conformal=plan.conformal)
    return plan


#: Keys whose other values come with later work; until then a plan that asks for them is refused.
_SINGLE_CHOICES = {
    "impute": ("median",),
}
_OPTIONAL = (
    "population",
    "models",
    "resampling",
    "thresholds",
    "subgroups",
    "sensitivity",
    "harmonise",
    "agreement",
    *NUMBERS,
    *_SINGLE_CHOICES,
)
#: Smallest and largest value of each number of `resampling`.
_LIMITS = {
    "outer_folds": (2, 20),
    "inner_folds": (2, 20),
    "repeats": (1, 1000),
    "bootstraps": (0, 10000),
    "challenger_bootstraps": (0, 10000),
    "seed": (0, 2**32 - 1),
}


def _read_data(reader: PlanReader, raw: object) -> DataKeys:
    """The part `data`."""
    keys = reader.mapping(raw, "data", required=("id",), optional=("group", "centre", "missing"))
    named = {
        key: reader.text(keys[key], f"data.{key}") for key in ("group", "centre") if key in keys
    }
    missing = keys.get("missing", [""])
    if not isinstance(missing, list) or not all(isinstance(item, str) for item in missing):
        raise reader.error("data.missing", missing, 'a list of texts, such as ["", "NA"]')
    return DataKeys(
        id=reader.text(keys["id"], "data.id"), missing=tuple(sorted({"", *missing})), **named
    )


def _read_population(reader: PlanReader, raw: object) -> Population:
    """The part `population`."""
    keys = reader.mapping(raw, "population", optional=("provenance",))
    if "provenance" not in keys:
        return Population()
    allowed = (*PROVENANCES, EACH)
    return Population(reader.choice(keys["provenance"], "population.provenance", of=allowed))


def _read_outcome(reader: PlanReader, raw: object) -> Outcome:
    """The part `outcome`."""
    kinds = {"binary": "positive", "multiclass": "rest"}
    keys = reader.mapping(raw, "outcome", required=("kind", "column"), optional=(*kinds.values(),))
    kind = reader.choice(keys["kind"], "outcome.kind", of=KINDS)
    for other, key in kinds.items():
        if kind != other and key in keys:
            raise UsageError(
                f"{reader.source}, outcome.{key}: this key belongs to an outcome of kind "
                f"'{other}', this one is '{kind}'. Remove it or change the kind."
            )
    positive = keys.get("positive")
    if isinstance(positive, int) and not isinstance(positive, bool):
        positive = str(positive)
    if kind == "binary" and "positive" not in keys:
        raise UsageError(f"{reader.source}, outcome.positive: this key is missing. Add it.")
    return Outcome(
        kind=kind,
        column=reader.text(keys["column"], "outcome.column"),
        positive=reader.text(positive, "outcome.positive") if kind == "binary" else None,
        rest=reader.text(keys["rest"], "outcome.rest") if "rest" in keys else None,
    )


def _read_columns(reader: PlanReader, raw: object) -> Columns:
    """The part `predictors`: a list, or one of the two ways to choose."""
    if isinstance(raw, list):
        return Columns(names=reader.names(raw, "predictors"))
    keys = reader.mapping(raw, "predictors", optional=("all_except", "prefix"))
    if len(keys) != 1:
        raise reader.error("predictors", raw, "a list of columns, or one of all_except and prefix")
    if "prefix" in keys:
        return Columns(prefix=reader.names(keys["prefix"], "predictors.prefix"))
    return Columns(all_except=reader.names(keys["all_except"], "predictors.all_except", least=0))


def _read_resampling(reader: PlanReader, raw: object) -> Resampling:
    """The part `resampling`."""
    keys = reader.mapping(raw, "resampling", optional=tuple(_LIMITS))
    for key, value in keys.items():
        low, high = _LIMITS[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise reader.error(f"resampling.{key}", value, f"a whole number from {low} to {high}")
    return Resampling(**keys)


def _read_thresholds(reader: PlanReader, raw: object) -> tuple[float, ...]:
    """The thresholds of the decision curve, in ascending order."""
    if raw is None:
        return Plan.thresholds
    wanted = "a list of numbers between 0 and 1, both excluded"
    if not isinstance(raw, list) or not raw:
        raise reader.error("thresholds", raw, wanted)
    for place, value in enumerate(raw):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            raise reader.error(f"thresholds[{place}]", value, wanted)
    return tuple(sorted({float(value) for value in raw}))


def _plain(value: object) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
