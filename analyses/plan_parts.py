"""The parts of a plan: keys of the table, population, outcome, columns, resampling.

Belongs here: the form of each part, its defaults, reading it from the plan file.
Does not belong here: the plan as a whole and its hash (`analyses.plan`), options beyond the primary
estimate (`analyses.plan_options`).
"""

from dataclasses import dataclass
from typing import Any

from analyses.plan_text import PlanReader
from schemas.errors import UsageError

#: Every cohort of the snapshot, each by itself.
EACH = "each"
PROVENANCES = ("simulated", "published", "registry")
KINDS = ("binary", "multiclass", "ordinal", "survival")
_VALUES = ("event_value", "competing_value")
#: Keys of `outcome` that belong to one kind, and whether it needs them.
_OWN_KEYS = {
    "binary": {"positive": True},
    "multiclass": {"rest": False},
    "survival": {
        "time": True,
        "event": True,
        "event_value": True,
        "horizons": True,
        "competing_value": False,
        "entry": False,
        "landmark": False,
    },
}
#: Smallest and largest value of each number of `resampling`.
_LIMITS = {
    "outer_folds": (2, 20),
    "inner_folds": (2, 20),
    "repeats": (1, 1000),
    "bootstraps": (0, 10000),
    "challenger_bootstraps": (0, 10000),
    "seed": (0, 2**32 - 1),
}


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

    Survival: `column` (the plan's `event`) says what ended the follow-up; `event_value` lists its
    values that are the event, `competing_value` those after which the event cannot come any more,
    every other value is censored. `time` and `entry` are columns in one unit, that of `horizons`;
    `entry` is the time at which a case began to be observed (None: at 0). With a `landmark` only
    cases followed beyond it without an end take part, and times begin anew there, horizons too.
    """

    kind: str
    column: str
    positive: str | None = None
    rest: str | None = None
    time: str | None = None
    event_value: tuple[str, ...] = ()
    competing_value: tuple[str, ...] = ()
    entry: str | None = None
    horizons: tuple[float, ...] = ()
    landmark: float | None = None


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


#: What a plan without the part `resampling` gets.
DEFAULT_RESAMPLING = Resampling()


def read_data(reader: PlanReader, raw: object) -> DataKeys:
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


def read_population(reader: PlanReader, raw: object) -> Population:
    """The part `population`."""
    keys = reader.mapping(raw, "population", optional=("provenance",))
    if "provenance" not in keys:
        return Population()
    allowed = (*PROVENANCES, EACH)
    return Population(reader.choice(keys["provenance"], "population.provenance", of=allowed))


def read_outcome(reader: PlanReader, raw: object) -> Outcome:
    """The part `outcome`."""
    every = sorted({key for _, own in _OWN_KEYS.items() for key in own})
    keys = reader.mapping(raw, "outcome", required=("kind",), optional=(*every, "column"))
    kind = reader.choice(keys["kind"], "outcome.kind", of=KINDS)
    column = "event" if kind == "survival" else "column"
    for key in keys:
        if key not in ("kind", column, *_OWN_KEYS.get(kind, {})):
            owner = next((k for k, own in _OWN_KEYS.items() if key in own), None)
            other = f"of kind '{owner}'" if owner else "of another kind"
            raise UsageError(
                f"{reader.source}, outcome.{key}: this key belongs to an outcome {other}, "
                f"this one is '{kind}'. Remove it or change the kind."
            )
    required = [key for key, is_needed in _OWN_KEYS.get(kind, {}).items() if is_needed]
    for key in dict.fromkeys((column, *required)):
        if key not in keys:
            raise UsageError(f"{reader.source}, outcome.{key}: this key is missing. Add it.")
    texts, values = (
        {key: read(reader, keys[key], f"outcome.{key}") for key in names if key in keys}
        for read, names in ((_text, ("rest", "time", "entry")), (_values, _VALUES))
    )
    named: dict[str, Any] = {**texts, **values}
    if "landmark" in keys:
        named["landmark"] = _read_time(
            reader, keys["landmark"], "outcome.landmark", "a number above 0, in the unit of time"
        )
    if both := sorted({*named.get(_VALUES[0], ())} & {*named.get(_VALUES[1], ())}):
        raise UsageError(
            f"{reader.source}, outcome.competing_value: '{both[0]}' is among event_value too. A "
            "value is the event or what keeps it from coming; take it out of one of the two."
        )
    if "positive" in keys:
        named["positive"] = _value(reader, keys["positive"], "outcome.positive")
    if "horizons" in keys:
        named["horizons"] = _read_horizons(reader, keys["horizons"])
    return Outcome(kind=kind, column=_text(reader, keys[column], f"outcome.{column}"), **named)


def _text(reader: PlanReader, raw: object, path: str) -> str:
    """A text."""
    return reader.text(raw, path)


def _value(reader: PlanReader, raw: object, path: str) -> str:
    """A value of the outcome column: a text or a whole number."""
    is_number = isinstance(raw, int) and not isinstance(raw, bool)
    return reader.text(str(raw) if is_number else raw, path)


def _values(reader: PlanReader, raw: object, path: str) -> tuple[str, ...]:
    """One value of the outcome column, or a list of them."""
    if not isinstance(raw, list):
        return (_value(reader, raw, path),)
    found = [_value(reader, item, f"{path}[{place}]") for place, item in enumerate(raw)]
    if not found or len(set(found)) < len(found):
        raise reader.error(path, raw, "a value or a list of different values")
    return tuple(found)


def _read_horizons(reader: PlanReader, raw: object) -> tuple[float, ...]:
    """The times for which risks are given, in ascending order."""
    wanted = "a list of numbers above 0, in the unit of the time column"
    if not isinstance(raw, list) or not raw:
        raise reader.error("outcome.horizons", raw, wanted)
    paths = (f"outcome.horizons[{place}]" for place in range(len(raw)))
    found = {
        _read_time(reader, value, path, wanted) for value, path in zip(raw, paths, strict=True)
    }
    return tuple(sorted(found))


def _read_time(reader: PlanReader, raw: object, path: str, wanted: str) -> float:
    """A time above 0."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 < raw < float("inf"):
        raise reader.error(path, raw, wanted)
    return float(raw)


def read_columns(reader: PlanReader, raw: object) -> Columns:
    """The part `predictors`: a list, or one of the two ways to choose."""
    if isinstance(raw, list):
        return Columns(names=reader.names(raw, "predictors"))
    keys = reader.mapping(raw, "predictors", optional=("all_except", "prefix"))
    if len(keys) != 1:
        raise reader.error("predictors", raw, "a list of columns, or one of all_except and prefix")
    if "prefix" in keys:
        return Columns(prefix=reader.names(keys["prefix"], "predictors.prefix"))
    return Columns(all_except=reader.names(keys["all_except"], "predictors.all_except", least=0))


def read_resampling(reader: PlanReader, raw: object) -> Resampling:
    """The part `resampling`."""
    keys = reader.mapping(raw, "resampling", optional=tuple(_LIMITS))
    for key, value in keys.items():
        low, high = _LIMITS[key]
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise reader.error(f"resampling.{key}", value, f"a whole number from {low} to {high}")
    return Resampling(**keys)


def read_thresholds(reader: PlanReader, raw: object) -> tuple[float, ...]:
    """The thresholds of the decision curve, in ascending order."""
    wanted = "a list of numbers between 0 and 1, both excluded"
    if not isinstance(raw, list) or not raw:
        raise reader.error("thresholds", raw, wanted)
    for place, value in enumerate(raw):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
            raise reader.error(f"thresholds[{place}]", value, wanted)
    return tuple(sorted({float(value) for value in raw}))
