"""ADC of 0, below 0 and 1e308; NaN and inf are no numbers."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    for number, value in enumerate(["0", "-1", "1e308", "NaN", "inf"], start=3):
        add(
            folder,
            "imaging_measurements",
            measurement_id=f"M{number}",
            measure="adc_mean_1e6_mm2_s",
            value=value,
            unit="1e-6_mm2_s",
        )
    announce(folder)
