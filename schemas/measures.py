"""Imaging measures: the long table's `measure` values with unit and allowed range.

Belongs here: name, unit and range of every measure, and the sequences it needs.
Does not belong here: how a measure is taken (`imaging_measurements.method`) or checked
(`schemas.rules.imaging_measurements`).
"""

from dataclasses import dataclass

from schemas.labels import LABELS
from schemas.sequences import DIFFUSION
from schemas.vocabulary import Value, vocabulary


@dataclass(frozen=True)
class Measure:
    """One measure; `unit` is the only unit in which its rows are accepted.

    `needs` are the sequences of which the study must have one (rule `rule`).
    """

    name: str
    unit: str
    low: float
    high: float
    description: str
    needs: tuple[str, ...] = ()
    rule: str = ""
    since: str = "1"

    @property
    def definition(self) -> str:
        """What it is, its unit and range."""
        unit = LABELS.get(self.unit, self.unit)
        return f"{self.description[:-1]}; {self.low:g} to {self.high:g} {unit}"


MEASURES: tuple[Measure, ...] = (
    Measure("tumour_length_mm", "mm", 1, 500, "Craniocaudal length of the tumour."),
    Measure("tumour_volume_mm3", "mm3", 1, 200_000, "Volume of the tumour."),
    Measure("tumour_max_ap_mm", "mm", 1, 40, "Largest anteroposterior diameter of the tumour."),
    Measure("cord_max_ap_mm", "mm", 3, 40, "Largest anteroposterior diameter of the cord."),
    Measure("oedema_length_mm", "mm", 0, 500, "Craniocaudal length of the oedema."),
    Measure("polar_cyst_length_mm", "mm", 0, 500, "Craniocaudal length of the polar cysts."),
    Measure("syrinx_length_mm", "mm", 0, 500, "Craniocaudal length of the syrinx."),
    Measure(
        "adc_mean_1e6_mm2_s",
        "1e-6_mm2_s",
        200,
        3_500,
        "Mean ADC of the solid part.",
        DIFFUSION,
        "R029",
    ),
    Measure(
        "adc_min_1e6_mm2_s",
        "1e-6_mm2_s",
        50,
        3_500,
        "Smallest ADC of the solid part.",
        DIFFUSION,
        "R029",
    ),
    Measure(
        "choline_naa_ratio",
        "ratio",
        0,
        20,
        "Choline over N-acetylaspartate.",
        ("seq_mrs",),
        "R030",
    ),
    Measure(
        "enhancing_volume_mm3",
        "mm3",
        0,
        200_000,
        "Volume of the part that takes up contrast.",
        since="2",
    ),
    Measure(
        "adc_ratio",
        "ratio",
        0.2,
        5,
        "Mean ADC of the solid part over that of normal cord.",
        DIFFUSION,
        "R029",
        since="2",
    ),
    Measure(
        "fa_mean",
        "ratio",
        0,
        1,
        "Mean fractional anisotropy of the solid part.",
        ("seq_dti",),
        "R031",
        since="2",
    ),
    Measure(
        "choline_creatine_ratio",
        "ratio",
        0,
        20,
        "Choline over creatine.",
        ("seq_mrs",),
        "R030",
        since="2",
    ),
    Measure(
        "rcbv_ratio",
        "ratio",
        0,
        20,
        "Blood volume of the solid part over that of normal cord.",
        ("seq_perfusion",),
        "R030",
        since="2",
    ),
    Measure(
        "max_axial_damage_ratio",
        "ratio",
        0,
        1,
        "Largest share of a cord section that is lesion, as Spinal Cord Toolbox has it.",
        since="2",
    ),
)


@dataclass(frozen=True)
class UnitSlip:
    """A unit that is often delivered in place of a measure's `own`: value times `factor`."""

    unit: str
    own: str
    factor: int


UNIT_SLIPS: tuple[UnitSlip, ...] = (
    UnitSlip("1e-3_mm2_s", "1e-6_mm2_s", 1000),
    UnitSlip("cm", "mm", 10),
    UnitSlip("cm3", "mm3", 1000),
)

MEASURE = vocabulary("measure", *(Value(m.name, m.definition, m.since) for m in MEASURES))
UNIT = vocabulary(
    "unit",
    *sorted({m.unit for m in MEASURES}),
    ("1e-3_mm2_s", "known, and refused by R041: convert at the site"),
    ("cm", "known, and refused by R041: convert at the site"),
    ("cm3", "known, and refused by R041: convert at the site"),
)
