"""Simulated radiomics: scanner effects, a block that knows the group, and repeatability."""

import numpy as np
import pytest

from analyses.simulation import Settings, draw_radiomics, informative, repeatability
from analyses.simulation.radiomics import NAMES, RETESTED
from analyses.simulation.registry import simulate_registry
from schemas.histology import HISTOLOGY_GROUP


@pytest.fixture(scope="module")
def tables() -> dict[str, dict]:
    settings = Settings(kind="national")
    return simulate_registry(cases=3000, sites=2, seed=9, settings=settings)


def test_every_row_is_a_study_of_the_site_before_surgery(tables: dict) -> None:
    site = tables["SIM_A"]
    drawn = draw_radiomics(site, number=0, seed=9).table
    assert drawn.columns == ["study_id", "structure", *NAMES]
    assert drawn["study_id"].is_unique().all()
    assert drawn["study_id"].is_sorted()
    before = site["imaging_studies"].filter(site["imaging_studies"]["modality"] == "mr")
    assert drawn["study_id"].is_in(before["study_id"].to_list()).all()
    again = draw_radiomics(site, number=0, seed=9)
    assert again.table.equals(drawn)


def test_scanners_shift_and_stretch_what_they_measure(tables: dict) -> None:
    drawn = [draw_radiomics(tables[s], number=n, seed=9) for n, s in enumerate(tables)]
    plain = [
        draw_radiomics(tables[s], number=n, seed=9, site_effects=False)
        for n, s in enumerate(tables)
    ]
    quiet = NAMES[50]
    for one, without in zip(drawn, plain, strict=True):
        place = NAMES.index(quiet)
        assert abs(float(one.table[quiet].std()) - one.stretch[place]) < 0.12
        assert abs(float(one.table[quiet].mean()) - one.shift[place]) < 0.12
        assert abs(float(without.table[quiet].mean())) < 0.12
    assert np.abs(drawn[0].shift - drawn[1].shift).mean() > 0.3


def test_only_the_first_block_knows_the_group(tables: dict) -> None:
    site = tables["SIM_A"]
    drawn = draw_radiomics(site, number=0, seed=9, site_effects=False).table
    joined = drawn.join(site["imaging_studies"].select("study_id", "case_id"), on="study_id").join(
        site["pathology"].unique("case_id", keep="first"), on="case_id"
    )
    group = joined["histology"].replace_strict(HISTOLOGY_GROUP)
    one, other = (joined.filter(group == g) for g in ("ependymoma", "astrocytic"))
    gaps = {n: abs(float(one[n].mean()) - float(other[n].mean())) for n in NAMES}
    assert len(informative()) == 10
    assert np.mean([gaps[n] for n in informative()]) > 0.3
    assert np.mean([gaps[n] for n in NAMES[10:]]) < 0.15


def test_a_second_acquisition_repeats_what_it_should(tables: dict) -> None:
    drawn = draw_radiomics(tables["SIM_A"], number=0, seed=9)
    assert drawn.retest.height == RETESTED
    both = drawn.table.join(drawn.retest, on="study_id", suffix="_2")
    found = [float(np.corrcoef(both[n], both[f"{n}_2"])[0, 1]) for n in NAMES]
    assert np.corrcoef(found, repeatability(9))[0, 1] > 0.7
