"""Every number of the simulated registry says whether it was published or assumed."""

import re
from pathlib import Path

from analyses.simulation.bases import BASES
from analyses.simulation.evidence import constants, numbers

PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"


def test_every_numeric_constant_of_the_package_has_its_label() -> None:
    named = [name for chapter in BASES.values() for name in chapter]
    assert len(named) == len(set(named))
    assert set(named) == set(constants())


def test_a_published_value_names_its_source_and_no_source_goes_astray() -> None:
    found = numbers()
    assert all(bool(number.source) == (number.kind == "E") for number in found)
    for chapter in BASES.values():
        for name, basis in chapter.items():
            used = {number.source for number in found if number.name == name}
            assert set(basis.published.values()) <= used, f"{name}: a place that fits no value"
            assert not (basis.technical and basis.published)


def test_the_labels_are_those_of_the_specification() -> None:
    """Cells of f1 to f3: the marked ones published, the bare ones assumed."""
    kinds = {(number.name, *number.place): number.kind for number in numbers()}
    published = """
        AGE_MEAN/EPN AGE_SD/EPN AGE_MEAN/PA MALE/HGA SIGNS/margin/share/LGA SIGNS/oedema/share/GG
        SIGNS/axial_location/share/HB CAVITY/LGA/any CAVITY/HB/strict POLAR_CYST/HB PATTERN/PA/rim
        SIGNS/intratumoural_cyst/share/GG ADC/PA/mean GTR/HB BIOPSY/HGA MIX/national/SUB
        MISSING_GRADE/month_6 MONTH_6/worse DEATH/HGA/shape SYNDROMES/HB/vhl H3_ALTERED
    """
    assumed = """
        AGE_SD/PA MALE/EPN SIGNS/margin/share/PA SIGNS/margin/share/HGA SIGNS/margin/growth_odds
        SIGNS/enhancement_degree/share/HGA CAVITY/LGA/strict POLAR_CYST/GG PATTERN/HB/rim ADC/EPN/sd
        DISPLACING/EPN GTR/GG GTR_GROWTH MIX/national/GG MIX/glioma_referral/EPN DEATH/LGA/shape
        MISSING_GRADE/discharge SYNDROMES/PA/nf1 PROGRESSION_HR_NOT_TOTAL
    """
    assert {kinds[tuple(place.split("/"))] for place in published.split()} == {"E"}
    assert {kinds[tuple(place.split("/"))] for place in assumed.split()} == {"A"}


def test_the_page_shows_every_value_and_no_assumption_under_a_source() -> None:
    cells = re.findall(r"(?<=\| )-?[0-9.e+-]+(?: [EA])?(?= \|)", PAGE.read_text())
    labels = [cell.partition(" ")[2] for cell in cells]
    found = [number.kind for number in numbers()]
    assert labels.count("E") == found.count("E")
    assert labels.count("A") == found.count("A")
    for line in PAGE.read_text().splitlines():
        if line.startswith("|") and " E |" in line:
            assert not line.endswith("| |"), line
    assert not re.search("^#+ .*[Pp]ublished", PAGE.read_text(), re.M)
