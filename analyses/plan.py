"""The analysis plan: a YAML file, read, checked and hashed before any data are seen.

Belongs here: the plan's form, its defaults, its hash, the plans shipped with the package.
Does not belong here: its parts (`analyses.plan_parts`), whether it fits a table
(`analyses.selection`), running it (`analyses.protocol`).
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
    check_prior,
    number_or_none,
    read_harmonise,
    read_sensitivity,
)
from analyses.plan_parts import (
    DEFAULT_RESAMPLING,
    EACH,
    PROVENANCES,
    Columns,
    DataKeys,
    Outcome,
    Population,
    Resampling,
    read_columns,
    read_data,
    read_outcome,
    read_population,
    read_resampling,
    read_thresholds,
)
from analyses.plan_text import PlanReader, StrictLoader
from schemas.errors import UsageError

#: The models of the platform that a plan may list, besides those of `analyses.own_models`.
MODELS = ("ridge", "elastic_net", "random_forest", "ebm")


@dataclass(frozen=True)
class Plan:
    """A plan with every default filled. `source` names the file in messages and is not hashed.

    `agreement` names a file of repeated reads beside the plan, `correlated` the rank correlation
    above which a column falls away; `permutation` is a number of permuted outcomes, `conformal` the
    coverage of prediction sets, or "none"; `subgroups` are columns, `sensitivity` names of other
    analyses (`SENSITIVITY`). `table_one` are columns by which Table 1 is shown as well,
    `associations` asks for tests of single predictors, `prior` for a ridge regression that shrinks
    towards published odds ratios.
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
    resampling: Resampling = DEFAULT_RESAMPLING
    thresholds: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    harmonise: str = "none"
    impute: str = "median"
    agreement: str = "none"
    correlated: float | str = "none"
    permutation: int | str = "none"
    conformal: float | str = "none"
    subgroups: tuple[str, ...] = ()
    sensitivity: tuple[str, ...] = ()
    table_one: tuple[str, ...] = ()
    associations: str = "none"
    prior: str = "none"

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
    'histology', 'mccormick_12m', 'overall_survival', 'progression_free_survival', 'recurrence']
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
        data=read_data(reader, keys["data"]),
        population=read_population(reader, keys.get("population", {})),
        outcome=read_outcome(reader, keys["outcome"]),
        predictors=read_columns(reader, keys["predictors"]),
        baseline=reader.names(keys["baseline"], "baseline"),
        models=reader.names(keys.get("models", list(MODELS[:1])), "models"),
        resampling=read_resampling(reader, keys.get("resampling", {})),
        thresholds=read_thresholds(reader, keys["thresholds"])
        if "thresholds" in keys
        else Plan.thresholds,
        agreement=reader.text(keys.get("agreement", "none"), "agreement"),
        harmonise=read_harmonise(reader, keys.get("harmonise", "none")),
        correlated=number_or_none(reader, keys, "correlated"),
        permutation=number_or_none(reader, keys, "permutation"),
        conformal=number_or_none(reader, keys, "conformal"),
        subgroups=reader.names(keys.get("subgroups", []), "subgroups", least=0),
        sensitivity=read_sensitivity(reader, keys.get("sensitivity", [])),
        table_one=reader.names(keys.get("table_one", []), "table_one", least=0),
        **{
            key: reader.choice(keys[key], key, of=allowed)
            for key, allowed in _SINGLE_CHOICES.items()
            if key in keys
        },
    )
    _check(reader, plan)
    return plan


def _check(reader: PlanReader, plan: Plan) -> None:
    """Refuse parts that do not fit together."""
    for place, model in enumerate(plan.models):
        offered = MODELS if model in MODELS else (*MODELS, *own_models())
        reader.choice(model, f"models[{place}]", of=offered)
    check_kind(reader, plan.outcome.kind, models=plan.models, conformal=plan.conformal)
    check_prior(reader, plan.outcome.kind, models=plan.models, prior=plan.prior)


#: Keys with one value out of a list.
_SINGLE_CHOICES = {
    "impute": ("median", "iterative", "multiple"),
    "associations": ("none", "exact"),
    "prior": ("none", "published"),
}
_OPTIONAL = (
    "population",
    "models",
    "resampling",
    "thresholds",
    "subgroups",
    "sensitivity",
    "table_one",
    "harmonise",
    "agreement",
    *NUMBERS,
    *_SINGLE_CHOICES,
)


def _plain(value: object) -> Any:
    """Tuples as lists, all the way down."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
