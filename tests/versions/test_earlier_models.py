"""Model files of earlier programs: they give the risks that the program of their time gave.

Belongs here: models as they were written, with cases and the risks of those (`models/README.md`).
Does not belong here: homes and deliveries of earlier versions, models of today.
"""

from pathlib import Path

import pytest

from analyses.applying import read_description, score
from analyses.model_files import load
from assets.readers.free_table import read_free_table
from orchestration.analyse import _csv

MODELS = sorted((Path(__file__).parent / "models").glob("*-*"))


@pytest.mark.parametrize("folder", MODELS, ids=lambda folder: folder.name)
def test_it_scores_as_it_did(folder: Path) -> None:
    data = (folder / "model.skops").read_bytes()
    described = read_description((folder / "model.json").read_text(), data)
    cases = read_free_table(folder / "cases.csv", texts=["case_id"], missing=described["missing"])
    scored, _ = score(described, load(data), cases)
    assert _csv(scored) == (folder / "risks.csv").read_bytes()
