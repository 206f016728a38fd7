"""A patient's name three sequences deep, in an image of a case not delivered."""

from pathlib import Path

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from tests.support.dicom import image
from tests.support.folders import announce


def make(folder: Path) -> None:
    inner = Dataset()
    inner.PatientName = "NEEDLE99^DEEP"
    for _ in range(3):
        outer = Dataset()
        outer.ReferencedStudySequence = Sequence([inner])
        inner = outer
    (folder / "C1.S1.dcm").write_bytes(image(ReferencedStudySequence=Sequence([inner])))
    announce(folder, rows={"C1.S1.dcm": 1}, profile="dicom_header")
