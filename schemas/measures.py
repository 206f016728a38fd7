"""Imaging measures: the long table's `measure` values with unit and allowed range.

Belongs here: name, unit and range of every measure.
Does not belong here: how a measure is taken (`imaging_measurements.method`) or checked
(`schemas.catalogue`).
"""

from dataclasses import dataclass

from schemas.vocabulary import vocabulary


@dataclass(frozen=True)
class Measure:
    """One measure; `unit` is the only unit in which its rows are accepted."""

    name: str
    unit: str
    low: float
    high: float
    description: str


MEASURES: tuple[Measure, ...] = (
    Measure("tumour_length_mm", "mm", 1, 500, "Craniocaudal length of the tumour."),
    Measure("tumour_volume_mm3", "mm3", 1, 200_000, "Volume of the tumour."),
    Measure("tumour_max_ap_mm", "mm", 1, 40, "Largest anteroposterior diameter of the tumour."),
    Measure("cord_max_ap_mm", "mm", 3, 40, "Largest anteroposterior diameter of the cord."),
    Measure("oedema_length_mm", "mm", 0, 500, "Craniocaudal length of the oedema."),
    Measure("polar_cyst_length_mm", "mm", 0, 500, "Craniocaudal length of the polar cysts."),
    Measure("syrinx_length_mm", "mm", 0, 500, "Craniocaudal length of the syrinx."),
    Measure("adc_mean_1e6_mm2_s", "1e-6_mm2_s", 200, 3_500, "Mean ADC of the solid part."),
    Measure("adc_min_1e6_mm2_s", "1e-6_mm2_s", 50, 3_500, "Smallest ADC of the solid part."),
    Measure("choline_naa_ratio", "ratio", 0, 20, "Choline over N-acetylaspartate."),
)

MEASURE = vocabulary("measure", *((m.name, m.description) for m in MEASURES))
UNIT = vocabulary("unit", *sorted({m.unit for m in MEASURES}), "1e-3_mm2_s", "cm", "cm3")
