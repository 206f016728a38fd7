"""ADC without a unit, with a length's, and in 10^-3 under a 10^-6 unit."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    for number, (value, unit) in enumerate(
        [("900", ""), ("900", "mm"), ("0.95", "1e-6_mm2_s")], start=3
    ):
        add(
            folder,
            "imaging_measurements",
            measurement_id=f"M{number}",
            measure="adc_mean_1e6_mm2_s",
            value=value,
            unit=unit,
        )
    announce(folder)
