"""Minor columns of studies: scanner, coverage, geometry.

Belongs here: columns that nothing else in the generator reads.
Does not belong here: schedule and sequences (`imaging`), the numbers (`detail_parameters`).
"""

import numpy as np
import polars as pl

from analyses.simulation import detail_parameters as d
from analyses.simulation.cases import Cases
from analyses.simulation.draw import Bools, Ints, choose, codes, decimal, labelled, whole
from schemas.vocabularies import LEVEL

_C7, _T1, _T12 = (LEVEL.codes.index(x) for x in ("C7", "T1", "T12"))


def study_details(
    rng: np.random.Generator, cases: Cases, case: Ints, *, is_mr: Bools, with_dwi: Bools
) -> dict[str, pl.Series]:
    """Scanner, coverage and geometry of each study."""
    n, upper, lower = len(case), cases.upper[case], cases.lower[case]
    beside = np.select(
        [lower <= _C7, (upper >= _T1) & (lower <= _T12), upper <= _C7], [0, 1, 2], default=3
    )
    wide = choose(rng.random(n), np.array((1 - sum(d.WHOLE_SPINE), *d.WHOLE_SPINE)))
    scanner = 1 + (rng.random(n) < 0.4)
    site = pl.Series([cases.site.site_id], dtype=pl.String).new_from_index(0, n)
    known = is_mr & (rng.random(n) < 0.9)
    thick = rng.choice(np.array(d.SLICE_THICKNESS_MM), n)
    b_max = rng.choice(np.array(d.B_MAX), n)
    return {
        "vendor": codes(("siemens", "philips"), scanner - 1),
        "scanner_id": labelled(site, "-SC", scanner.astype(np.int64), width=1),
        "coverage": codes(
            ("cervical", "thoracic", "cervicothoracic", "thoracolumbar", "whole_spine", "neuraxis"),
            np.where(wide == 0, beside, wide + 3),
        ),
        "slice_thickness_sagittal_mm": decimal(thick, 1, where=known),
        "dwi_b_max_s_mm2": whole(b_max, where=with_dwi & known),
    }
