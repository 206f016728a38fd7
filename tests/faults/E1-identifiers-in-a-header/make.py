"""An image with 14 planted identifiers, one in a sequence and one private, of a case not delivered.

The one problem is that there is no such case; what matters is what is said nowhere.
"""

from pathlib import Path

from tests.support.dicom import image
from tests.support.folders import announce


def make(folder: Path) -> None:
    (folder / "C1.S1.dcm").write_bytes(image())
    announce(folder, rows={"C1.S1.dcm": 1}, profile="dicom_header")
