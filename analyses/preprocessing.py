"""Preprocessing: from a frame of cases to a matrix of numbers, learned on training rows only.

Belongs here: states of missing values, coding, imputation and scaling, as steps of one Pipeline.
Does not belong here: which rows are training rows (`analyses.resampling`), models
(`analyses.models`).
"Not assessable" is not "absent": a missing value keeps its state in a column of its own.
"""

from collections.abc import Sequence
from typing import Any, Self, TypedDict

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import (
    _check_feature_names_in,
    check_is_fitted,
    validate_data,
)

#: Texts that say why there is no value. `not_applicable` is a value: the pattern of a tumour that
#: does not enhance is known, there is none.
MISSING_STATES = ("indeterminate", "not_assessable", "not_reported", "unknown")
#: How an empty cell is called among the states.
EMPTY = "empty"
#: A state with at least this many training patients has an indicator of its own (a convention).
MIN_PATIENTS_PER_STATE = 10
#: Two-valued texts and the number each value stands for.
TWO_VALUED = ({"absent": 0.0, "present": 1.0}, {"no": 0.0, "yes": 1.0})


class ColumnCode(TypedDict):
    """How one column becomes numbers; plain values only, so that a model file can hold it."""

    kind: str  # number, sign (two-valued text) or category
    levels: list[str]  # category: one column for each, the reference not among them
    fill: str  # text: the most frequent training value, "" if none was recorded
    own: list[str]  # states with an indicator of their own
    joint: bool  # one indicator for every other missing value


class CaseEncoder(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # sklearn is untyped
    """Turn cases into numbers: signs 1/0, levels one-hot, states of missing values as indicators.

    Keeps true: what it knows (levels, most frequent values, states) comes from the rows given to
    `fit`. A number stays missing (nan) for the imputer; a missing text takes the most frequent
    training value, beside its indicator. A level not seen in training is zero in every column.

    Parameters
    ----------
    min_patients
        Training patients from which on a state has an indicator of its own.
    fills
        Whether a missing text takes the most frequent value; else it stays missing (nan in every
        column of its value) for an imputer.
    indicates
        Whether there are indicators.

    Notes
    -----
    Source: statistics.md, section 5. The outcome is never looked at.

    Examples
    --------
    >>> frame = pl.DataFrame(
    ...     {"age_years": [30.0, None, 50.0], "cap_sign": ["present", "not_assessable", "absent"]}
    ... )
    >>> encoder = CaseEncoder().fit(frame)
    >>> encoder.get_feature_names_out().tolist()
    ['age_years', 'age_years: missing', 'cap_sign', 'cap_sign: missing']
    >>> encoder.transform(frame).tolist()
    [[30.0, 0.0, 1.0, 0.0], [nan, 1.0, 0.0, 1.0], [50.0, 0.0, 0.0, 0.0]]
    """

    def __init__(
        self,
        min_patients: int = MIN_PATIENTS_PER_STATE,
        fills: bool = True,
        indicates: bool = True,
    ) -> None:
        self.min_patients = min_patients
        self.fills = fills
        self.indicates = indicates

    def fit(self, X: Any, y: Any = None, groups: NDArray[np.str_] | None = None) -> Self:
        """Learn levels, most frequent values and states.

        Parameters
        ----------
        X
            Frame of n cases: numbers, truth values and texts; or a matrix of numbers, shape (n, p).
        y
            Never looked at.
        groups
            Shape (n,). Patient of each row; without it each row counts as a patient.
        """
        columns = self._columns(X, reset=True)
        self.codes_: list[ColumnCode] = [
            _learn_text(column, raw, groups, self.min_patients)
            if isinstance(column, pl.Series)
            else _learn_number(column)
            for column, raw in zip(columns, _physical(columns), strict=True)
        ]
        if not self.indicates:
            for code in self.codes_:
                code["own"], code["joint"] = [], False
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Code the cases; shape (n, columns), nan only where a number is missing."""
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        blocks: list[NDArray[np.float64]] = []
        for column, raw, code in zip(columns, _physical(columns), self.codes_, strict=True):
            if code["kind"] == "number":
                values = _as_number(column)
                blocks.append(values)
                if code["joint"]:
                    blocks.append(np.isnan(values).astype(np.float64))
            else:
                blocks.extend(_code_text(_as_text(column), raw, code, fills=self.fills))
        # where no predictor has two levels a model still has a column, the same for every case
        return np.column_stack(blocks) if blocks else np.zeros((_height(X), 1))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """Names of the columns: `margin: well_defined`, `cap_sign: not_assessable`."""
        check_is_fitted(self)
        names: list[str] = []
        for name, code in zip(
            _check_feature_names_in(self, input_features), self.codes_, strict=True
        ):
            names.extend(_names(name, code))
        return np.array(names or self._alone(), dtype=object)

    def source_columns(self) -> list[str]:
        """The predictor behind each column of the matrix, in the same order."""
        check_is_fitted(self)
        pairs = zip(_check_feature_names_in(self, None), self.codes_, strict=True)
        return [str(name) for name, code in pairs for _ in _names(name, code)] or self._alone()

    def _alone(self) -> list[str]:
        """Whose name the one column bears where no predictor varies."""
        return [str(_check_feature_names_in(self, None)[0])]

    def _columns(self, X: Any, *, reset: bool) -> list[Any]:
        """The columns: texts as series, everything else as float arrays."""
        if not isinstance(X, pl.DataFrame):
            X = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan")
            return list(X.T)
        if reset:
            self.feature_names_in_ = np.array(X.columns, dtype=object)
            self.n_features_in_ = X.width
        there = set(X.columns)
        absent = [name for name in self.feature_names_in_ if name not in there]
        if absent:
            raise ValueError(f"columns are missing: {', '.join(absent)}")
        return [typed(X[name]) for name in self.feature_names_in_]

    def __sklearn_tags__(self) -> Any:
        """Missing values are this step's work."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def preprocessing_steps() -> list[tuple[str, Any]]:
    """The steps that learn from training rows, before the model: coding, imputation, scaling.

    Examples
    --------
    >>> [name for name, _ in preprocessing_steps()]
    ['encode', 'impute', 'scale']
    """
    return [
        ("encode", CaseEncoder()),
        # keep_empty_features: a column without any training value becomes a constant, not an error
        ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
        ("scale", StandardScaler()),
    ]


def fit_preprocessing(frame: pl.DataFrame, groups: NDArray[np.str_]) -> Pipeline:
    """Fit the steps before the model on training rows; `groups` says which patient a row is of."""
    return Pipeline(preprocessing_steps()).fit(frame, encode__groups=groups)


def with_categories(frame: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """The same frame with its text columns stored as codes: cutting it into folds is then cheap.

    The list of categories only names the codes; what is learned are the levels of the training
    rows.
    """
    texts = [name for name in columns if frame[name].dtype == pl.String]
    return frame.with_columns(
        pl.col(name).cast(pl.Enum(frame[name].drop_nulls().unique().sort())) for name in texts
    )


def is_text(dtype: pl.DataType) -> bool:
    """Whether a column of this type holds texts."""
    return dtype == pl.String or isinstance(dtype, pl.Enum | pl.Categorical)


def typed(series: pl.Series) -> Any:
    """A text column as categories, any other as floats with nan for missing."""
    if not is_text(series.dtype):
        return _as_number(series)
    if isinstance(series.dtype, pl.Enum):
        return series
    texts = series.cast(pl.String)
    return texts.cast(pl.Enum(texts.drop_nulls().unique().sort()))


def _as_number(column: Any) -> NDArray[np.float64]:
    """Floats with nan for missing."""
    if not isinstance(column, pl.Series):
        return np.asarray(column, dtype=np.float64)
    if is_text(column.dtype):
        raise ValueError(f"column '{column.name}' held numbers in training and holds text now")
    numbers = column if column.dtype.is_numeric() else column.cast(pl.Float64)
    values = np.asarray(numbers.to_numpy(), dtype=np.float64)  # null becomes nan
    if np.isinf(values).any():
        raise ValueError(f"column '{column.name}' holds an infinite value")
    return values


def _as_text(column: Any) -> pl.Series:
    """A text column; an empty column of another type holds no text at all."""
    if isinstance(column, pl.Series):
        return column
    if np.isnan(column).all():
        return pl.Series("", [None] * len(column), dtype=pl.Enum([]))
    raise ValueError("a column held text in training and holds numbers now")


def _physical(columns: Sequence[Any]) -> list[NDArray[Any] | None]:
    """What `coded` asks of each text column, all at once: polars starts its threads for a question.

    None where a column is no series.
    """
    texts = {str(place): c for place, c in enumerate(columns) if isinstance(c, pl.Series)}
    asked = pl.DataFrame(texts).select(pl.all().to_physical()) if texts else pl.DataFrame()
    found = {int(series.name): series.to_numpy() for series in asked}
    return [found.get(place) for place in range(len(columns))]


def coded(
    column: pl.Series, raw: NDArray[Any] | None = None
) -> tuple[NDArray[np.int64], list[str]]:
    """Code of each row and the text of each code; empty cells have the last code, `EMPTY`.

    `raw` are the codes as polars has them, where they are known already.
    """
    dtype = column.dtype
    assert isinstance(dtype, pl.Enum)  # `_typed` made it one
    texts: list[str] = dtype.categories.to_list()
    if raw is None:
        raw = column.to_physical().to_numpy()  # floats with nan if anything is null
    codes = np.where(np.isnan(raw), len(texts), raw).astype(np.int64)
    return codes, [text or EMPTY for text in texts] + [EMPTY]


def _learn_number(values: NDArray[np.float64]) -> ColumnCode:
    """A number: one indicator if anything is missing."""
    return ColumnCode(kind="number", levels=[], fill="", own=[], joint=bool(np.isnan(values).any()))


def _learn_text(
    column: pl.Series,
    raw: NDArray[Any] | None,
    groups: NDArray[np.str_] | None,
    min_patients: int,
) -> ColumnCode:
    """A text: its levels, its most frequent value, its states."""
    codes, texts = coded(column, raw)
    n_rows = np.bincount(codes, minlength=len(texts))
    seen = [(text, int(n), code) for code, (text, n) in enumerate(zip(texts, n_rows, strict=True))]
    values = sorted((text, n) for text, n, _ in seen if n and not is_missing(text))
    states: dict[str, set[Any]] = {}
    for text, n, code in seen:
        if n and is_missing(text):
            rows = np.flatnonzero(codes == code)
            who = rows if groups is None else groups[rows]
            states.setdefault(text, set()).update(who.tolist())
    own = sorted(state for state, who in states.items() if len(who) >= min_patients)
    known = {text for text, _ in values}
    two_valued = any(known <= set(pair) for pair in TWO_VALUED)
    # the first in sorted order wins a tie, so that row order does not matter
    fill = max(values, key=lambda pair: pair[1])[0] if values else ""
    return ColumnCode(
        kind="sign" if two_valued else "category",
        levels=[] if two_valued else sorted(known)[1:],
        fill=fill,
        own=own,
        joint=bool(set(states) - set(own)),
    )


def _code_text(
    column: pl.Series, raw: NDArray[Any] | None, code: ColumnCode, *, fills: bool
) -> list[NDArray[np.float64]]:
    """The columns that a text becomes."""
    codes, texts = coded(column, raw)
    filled = [code["fill"] if is_missing(text) else text for text in texts]
    blocks = []
    if code["kind"] == "sign" and code["fill"]:
        ones = {"present", "yes"}
        blocks.append(np.array([float(text in ones) for text in filled])[codes])
    blocks.extend(np.array([float(t == level) for t in filled])[codes] for level in code["levels"])
    if not fills:
        gap = np.array([np.nan if is_missing(text) else 0.0 for text in texts])[codes]
        blocks = [block + gap for block in blocks]
    blocks.extend(np.array([float(t == state) for t in texts])[codes] for state in code["own"])
    if code["joint"]:
        other = [float(is_missing(t) and t not in code["own"]) for t in texts]
        blocks.append(np.array(other)[codes])
    return blocks


def _names(name: str, code: ColumnCode) -> list[str]:
    """Names of the columns that one predictor becomes, in the order of `_code_text`."""
    has_value = code["kind"] == "number" or (code["kind"] == "sign" and code["fill"])
    names = [name] if has_value else []
    names += [f"{name}: {text}" for text in (*code["levels"], *code["own"])]
    return [*names, f"{name}: missing"] if code["joint"] else names


def is_missing(text: str) -> bool:
    """Whether a text says that there is no value."""
    return text == EMPTY or text in MISSING_STATES


def _height(X: Any) -> int:
    """Number of rows."""
    return int(X.height if isinstance(X, pl.DataFrame) else len(X))
