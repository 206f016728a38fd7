"""Radiomics: a feature table per site, with a scanner that shifts and stretches every feature.

Belongs here: features of the preoperative MR studies, what is true of them, a test-retest set.
Does not belong here: files (`orchestration.simulating`), models.
Every number is an assumption (A). Features come in blocks that go together, as real ones do; the
first block knows something about the group of the tumour, the others nothing.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from analyses.simulation.draw import Floats, stream
from schemas.histology import GROUPS, HISTOLOGY_GROUP

N_FEATURES, BLOCK = 100, 10
#: Correlation of two features of a block. A
WITHIN_BLOCK = 0.7
#: Shift of an informative feature per step of the group, in standard deviations. A
PER_GROUP = 0.4
#: Scanner: sd of the shift, lowest and highest stretch. A (specification f4)
SHIFT_SD, STRETCH = 0.5, (0.8, 1.25)
#: Share of the variance that a second acquisition repeats: lowest and highest of the features. A
REPEATED = (0.30, 0.98)
RETESTED = 30
NAMES = tuple(f"feature_{number:03d}" for number in range(1, N_FEATURES + 1))


@dataclass(frozen=True)
class Radiomics:
    """Features of one site and what is true of them; rows sorted by study.

    `table` and `retest` have `study_id`, `structure`, then the features; `retest` is a second
    acquisition of some studies on the same scanner.
    """

    table: pl.DataFrame
    retest: pl.DataFrame
    shift: Floats
    stretch: Floats


def draw_radiomics(
    tables: dict[str, pl.DataFrame], *, number: int, seed: int, site_effects: bool = True
) -> Radiomics:
    """Draw features of every MR study before surgery that a diagnosis goes with.

    Parameters
    ----------
    tables
        The delivered tables of the site, before any fault was planted.
    number
        Place of the site in the registry.
    seed
        Seed of the registry.
    site_effects
        Without them the scanner neither shifts nor stretches.
    """
    rng = stream(seed, "radiomics", site=number)
    shift = rng.normal(0, SHIFT_SD, N_FEATURES) if site_effects else np.zeros(N_FEATURES)
    stretch = rng.uniform(*STRETCH, N_FEATURES) if site_effects else np.ones(N_FEATURES)
    studies = _studies(tables)
    signal = _signal(rng, studies["step"].to_numpy())
    repeated = repeatability(seed)
    some = np.sort(rng.permutation(studies.height)[:RETESTED])
    measured = [_measured(rng, signal, repeated), _measured(rng, signal[some], repeated)]
    made = [
        _frame(ids, values * stretch + shift)
        for ids, values in zip((studies, studies[some]), measured, strict=True)
    ]
    return Radiomics(made[0], made[1], shift, stretch)


def repeatability(seed: int) -> Floats:
    """True share of each feature's variance that a second acquisition repeats; for all sites."""
    drawn: Floats = stream(seed, "radiomics", site=999).uniform(*REPEATED, N_FEATURES)
    return drawn


def informative() -> tuple[str, ...]:
    """Names of the features that know something about the group."""
    return NAMES[:BLOCK]


def _studies(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """MR studies before surgery, one per case, and the step of the case's group."""
    empty = pl.DataFrame(schema={"case_id": pl.String, "histology": pl.String})
    kinds = tables.get("pathology", empty).select("case_id", "histology")
    steps = {code: GROUPS.index(group) % 4 for code, group in HISTOLOGY_GROUP.items()}
    before = tables["imaging_studies"].filter(
        (pl.col("modality") == "mr") & pl.col("study_purpose").is_in(["diagnostic", "preoperative"])
    )
    return (
        before.join(kinds.unique("case_id", keep="first", maintain_order=True), on="case_id")
        .unique("case_id", keep="last", maintain_order=True)
        .select("study_id", step=pl.col("histology").replace_strict(steps, default=0))
        .sort("study_id")
    )


def _signal(rng: np.random.Generator, step: np.ndarray) -> Floats:
    """What a perfect scanner would see: unit variance, blocks that go together."""
    n = len(step)
    common = np.repeat(rng.normal(size=(n, N_FEATURES // BLOCK)), BLOCK, axis=1)
    own = rng.normal(size=(n, N_FEATURES))
    signal: Floats = np.sqrt(WITHIN_BLOCK) * common + np.sqrt(1 - WITHIN_BLOCK) * own
    signal[:, :BLOCK] += PER_GROUP * step[:, None]
    return signal


def _measured(rng: np.random.Generator, signal: Floats, repeated: Floats) -> Floats:
    """One acquisition: the repeated share of the signal, the rest noise."""
    noise = rng.normal(size=signal.shape)
    seen: Floats = np.sqrt(repeated) * signal + np.sqrt(1 - repeated) * noise
    return seen


def _frame(studies: pl.DataFrame, values: Floats) -> pl.DataFrame:
    """The wide table."""
    features = pl.DataFrame(values.astype(np.float32), schema=list(NAMES))
    ids = studies.select("study_id", structure=pl.lit("tumour"))
    return pl.concat([ids, features], how="horizontal")
