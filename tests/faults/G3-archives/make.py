"""Archives under the names of tables: one leads above the folder, one is nested, one expands."""

import io
import tarfile
import zipfile
from pathlib import Path

from tests.support.folders import announce, clean


def packed(name: str, content: bytes) -> bytes:
    """A zip archive of one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def make(folder: Path) -> None:
    clean(folder)
    nested = io.BytesIO()
    with tarfile.open(fileobj=nested, mode="w:gz") as archive:
        inner = packed("../../etc/x.csv", b"x")
        member = tarfile.TarInfo("inner.zip")
        member.size = len(inner)
        archive.addfile(member, io.BytesIO(inner))
    (folder / "pathology.csv").write_bytes(packed("../../etc/x.csv", b"x"))
    (folder / "treatments.csv").write_bytes(nested.getvalue())
    (folder / "imaging_measurements.csv").write_bytes(packed("a.csv", b"0" * (64 << 20)))
    names = ("pathology.csv", "treatments.csv", "imaging_measurements.csv")
    announce(folder, rows=dict.fromkeys(names, 2))
