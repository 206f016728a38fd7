"""A file cut off, a million sequences in each other, an element that says it has 4 GB."""

from pathlib import Path

from tests.support.dicom import deep_sequences, huge_length, image
from tests.support.folders import announce


def make(folder: Path) -> None:
    data = image()
    spoilt = {
        "C1.S1.dcm": data[: len(data) - 600],
        "C1.S2.dcm": deep_sequences(1_000_000),
        "C1.S3.dcm": huge_length(),
        "C1.S4.dcm": data,
    }
    for name, content in spoilt.items():
        (folder / name).write_bytes(content)
    announce(folder, rows=dict.fromkeys(spoilt, 1), profile="dicom_header")
