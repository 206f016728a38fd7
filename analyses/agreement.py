"""Agreement of readers: repeated reads of the same cases, and which numbers they hardly agree on.

Belongs here: the intraclass correlation with its limits, reads of those patients that may be
learned from.
Does not belong here: dropping columns (`analyses.filters`), reading a file of reads.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

from analyses.metrics import Floats
from analyses.preprocessing import is_text
from schemas.errors import UsageError

#: A number is kept if the lower limit of its ICC(2,1) reaches it (statistics.md, section 5).
LEAST_AGREEMENT = 0.75
#: Cases read by every reader from which on limits mean anything (a convention).
LEAST_CASES = 3
#: Lower limit of a number whose agreement is not known; no ICC lies below it.
UNKNOWN = -1.0
READER = "reader"
_TAIL = 0.975


def icc_agreement(reads: Floats) -> Floats:
    """ICC(2,1), two-way random effects, absolute agreement of one reader, with 95 % limits.

    Parameters
    ----------
    reads
        Shape (n, k, p). Cases, readers, features; a case counts for a feature if every reader has a
        value (no nan).

    Returns
    -------
    Floats
        Shape (3, p). Estimate, lower, upper limit; nan with fewer than three cases, one reader, or
        no variation.

    Notes
    -----
    Limits by Satterthwaite degrees of freedom. Source: McGraw KO, Wong SP. Psychol Methods
    1996;1:30. doi:10.1037/1082-989X.1.1.30

    Examples
    --------
    >>> one = np.array([[[1.0], [1.1]], [[2.0], [2.2]], [[3.0], [2.9]], [[4.0], [4.1]]])
    >>> icc_agreement(one)[:, 0].round(3)
    array([0.995, 0.946, 1.   ])
    """
    n_all, k, p = reads.shape
    whole = np.logical_not(np.isnan(reads).any(axis=1)).reshape(n_all, p)
    n = whole.sum(axis=0).astype(np.float64)
    known = (n >= LEAST_CASES) & (k > 1)
    n = np.where(known, n, LEAST_CASES)
    x = np.where(whole[:, None, :], reads, 0.0)
    grand = x.sum(axis=(0, 1)) / (n * k)
    x = np.where(whole[:, None, :], reads - grand, 0.0)
    of_case, of_reader = x.mean(axis=1), x.sum(axis=0) / n
    rows = k * (of_case**2).sum(axis=0) / (n - 1)
    columns = n * (of_reader**2).sum(axis=0) / max(k - 1, 1)
    left = np.where(whole[:, None, :], x - of_case[:, None, :] - of_reader, 0.0)
    error = (left**2).sum(axis=(0, 1)) / ((n - 1) * max(k - 1, 1))
    known &= rows + columns + error > 0
    rows, columns, error = (np.where(known, each, 1.0) for each in (rows, columns, error))
    rho = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    # readers who differ by nothing but an offset leave no error
    ratio = columns / np.maximum(error, 1e-12 * (rows + columns))
    rest = n * (1 + (k - 1) * rho) - k * rho
    freedom = (
        max(k - 1, 1)
        * (n - 1)
        * (k * rho * ratio + rest) ** 2
        / ((n - 1) * (k * rho * ratio) ** 2 + rest**2)
    )
    by_rows = f_distribution.ppf(_TAIL, n - 1, freedom)
    by_error = f_distribution.ppf(_TAIL, freedom, n - 1)
    both = k * columns + (k * n - k - n) * error
    low = n * (rows - by_rows * error) / (by_rows * both + n * rows)
    high = n * (by_error * rows - error) / (both + n * by_error * rows)
    found: Floats = np.where(known, np.stack([rho, low, high]), np.nan)
    return found


@dataclass(frozen=True)
class Reads:
    """Repeated reads: `values` (cases, readers, features), nan where a reader gave none.

    `patients` names the patient of each case in the table that is analysed, "" where the case is
    not in it: such a separate set of reads may always be learned from.
    """

    columns: tuple[str, ...]
    readers: tuple[str, ...]
    values: Floats
    patients: NDArray[np.str_]
    sha256: str

    def agreement(self, groups: NDArray[np.str_] | None) -> dict[str, tuple[float, float, float]]:
        """ICC and limits of each column, from separate reads and those of the patients in `groups`.

        None takes every read. A value that is not known is `UNKNOWN`.
        """
        used = np.full(len(self.patients), True)
        if groups is not None:
            used = (self.patients == "") | np.isin(self.patients, groups)
        found = np.nan_to_num(icc_agreement(self.values[used]), nan=UNKNOWN)
        return {name: tuple(found[:, j].tolist()) for j, name in enumerate(self.columns)}


def gather_reads(
    frame: pl.DataFrame, *, source: str, id_column: str, patients: Mapping[str, str]
) -> Reads:
    """The reads of a table with a row for each case and reader.

    Parameters
    ----------
    frame
        Columns `id_column`, `reader`, and what was read, under the names that the plan's table has;
        only numbers are gathered, a sign is never left out for what readers make of it.
    source
        Plan and key, for messages.
    id_column
        Name of the row identifier.
    patients
        Patient of each row of the analysed table, by id.

    Raises
    ------
    UsageError
        If a key is not there or empty, a reader has two rows for a case, or nothing is read.
    """
    for name in (id_column, READER):
        if name not in frame.columns:
            raise UsageError(
                f"{source}: the file of repeated reads has no column '{name}'. It needs "
                f"'{id_column}', '{READER}' and the numbers that were read again."
            )
        if frame[name].null_count():
            raise UsageError(
                f"{source}: '{name}' is empty in {frame[name].null_count()} rows of the file of "
                "repeated reads. Every row needs one."
            )
    frame = frame.with_columns(pl.col(id_column, READER).cast(pl.String)).sort(id_column, READER)
    twice = frame.height - frame.select(id_column, READER).n_unique()
    if twice:
        raise UsageError(
            f"{source}: {twice} rows repeat a case and reader in the file of repeated reads. A "
            "reader who reads twice needs two names."
        )
    columns = [
        name
        for name in sorted(frame.columns)
        if name not in (id_column, READER) and not is_text(frame[name].dtype)
    ]
    ids, case = np.unique(frame[id_column].to_numpy().astype(np.str_), return_inverse=True)
    readers, reader = np.unique(frame[READER].to_numpy().astype(np.str_), return_inverse=True)
    n_read = frame.width - 2
    if not n_read or len(readers) < 2:
        raise UsageError(
            f"{source}: the file of repeated reads holds {n_read} columns that were read and "
            f"{len(readers)} readers; it needs at least one and two."
        )
    values = np.full((len(ids), len(readers), len(columns)), np.nan)
    if columns:
        values[case, reader] = frame.select(pl.col(columns).cast(pl.Float64)).to_numpy()
    text = frame.select(id_column, READER, *columns).write_csv(quote_style="always")
    return Reads(
        columns=tuple(columns),
        readers=tuple(readers.tolist()),
        values=values,
        patients=np.array([patients.get(name, "") for name in ids.tolist()], dtype=np.str_),
        sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(),
    )
