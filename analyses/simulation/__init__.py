"""The simulated registry: cases drawn by a program, calibrated to published counts.

Belongs here: generating delivered tables as text, and planting faults in them.
Does not belong here: writing files and manifests (`assets`), judging rows (`warehouse.validation`).
Nobody is behind a row of it: every use must say "simulated".
"""

from analyses.simulation.cases import make_site
from analyses.simulation.draw import Registry
from analyses.simulation.evidence import Number, numbers
from analyses.simulation.faults import PlantedFault, Planter, plant_faults
from analyses.simulation.parameters import Settings
from analyses.simulation.radiomics import (
    Radiomics,
    draw_radiomics,
    informative,
    repeatability,
)
from analyses.simulation.registry import simulate_registry, simulate_sites
from analyses.simulation.site_faults import SiteFault, wrong_unit

__all__ = [
    "Number",
    "PlantedFault",
    "Planter",
    "Radiomics",
    "Registry",
    "Settings",
    "SiteFault",
    "draw_radiomics",
    "informative",
    "make_site",
    "numbers",
    "plant_faults",
    "repeatability",
    "simulate_registry",
    "simulate_sites",
    "wrong_unit",
]
