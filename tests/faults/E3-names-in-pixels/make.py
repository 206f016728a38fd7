"""Images on which a name may be drawn: burned in, a picture of a screen, colours."""

from pathlib import Path

from tests.support.dicom import image
from tests.support.folders import announce


def make(folder: Path) -> None:
    spoilt = {
        "C1.S1.dcm": {"BurnedInAnnotation": "YES"},
        "C1.S2.dcm": {"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"},
        "C1.S3.dcm": {"PhotometricInterpretation": "RGB"},
    }
    for name, changed in spoilt.items():
        (folder / name).write_bytes(image(**changed))
    announce(folder, rows=dict.fromkeys(spoilt, 1), profile="dicom_header")
