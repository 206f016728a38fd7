"""Small deliveries for tests of landing, receipt and verification."""

import hashlib
import json
from pathlib import Path
from typing import Any

from schemas.tables import SCHEMA_VERSION
from warehouse.handing_over import Outgoing, deliver

CASES = b"case_id,patient_id\nc1,p1\nc2,p2\n"
PATIENTS = b"patient_id,site_id\np1,NORTH\np2,NORTH\n"


def a_delivery(landing: Path, **changed: Any) -> Path:
    """Two files of site NORTH in a landing zone; any field of the manifest can be changed."""
    fields: dict[str, Any] = {
        "site": "NORTH",
        "delivery": "d1",
        "created": "2026-01-01T00:00:00Z",
        "profile": "imsct",
        "schema_version": SCHEMA_VERSION,
        "id_scheme": "simulated",
        **changed,
    }
    files = fields.pop("files", {"cases.csv": CASES, "patients.csv": PATIENTS})
    outgoing = {name: Outgoing(data, data.count(b"\n") - 1) for name, data in files.items()}
    return deliver(outgoing, landing, **fields)


def edit_manifest(folder: Path, **changed: Any) -> None:
    """Change fields of a delivered manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))


def entry(file: str, data: bytes, rows: int = 1) -> dict[str, object]:
    """A manifest's entry for bytes."""
    digest = hashlib.sha256(data).hexdigest()
    return {"file": file, "sha256": digest, "bytes": len(data), "rows": rows}
