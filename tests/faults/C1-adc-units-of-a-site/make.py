"""A site's ADC in 10^-3 under the header of 10^-6: every row by itself, and the site's measure."""

from pathlib import Path

from tests.support.folders import announce, clean, write_rows
from tests.support.rows import valid_row


def make(folder: Path) -> None:
    for number, site in enumerate(("SITE_A", "SITE_B", "SITE_C")):
        place = folder / site
        place.mkdir()
        clean(place)
        for path in place.iterdir():
            # keys are of one site each
            text = path.read_text().replace("SITE_A", site)
            for letter in "PCSRMOH":
                text = text.replace(f"{letter}1", f"{letter}-{number}1")
                text = text.replace(f"{letter}2", f"{letter}-{number}2")
            path.write_text(text)
        scale = 1000 if site == "SITE_C" else 1
        write_rows(
            place,
            "imaging_measurements",
            [
                valid_row(
                    "imaging_measurements",
                    measurement_id=f"M-{number}{n}",
                    study_id=f"S-{number}1",
                    read_id=f"R-{number}1",
                    measure="adc_mean_1e6_mm2_s",
                    value=f"{(900 + 50 * n) / scale:g}",
                    unit="1e-6_mm2_s",
                )
                for n in range(1, 6)
            ],
        )
        announce(place, site=site)
