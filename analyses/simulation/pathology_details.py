"""Minor columns of pathology: codes, counts, further markers, methylation.

Belongs here: columns that nothing else in the generator reads, consistent with every rule.
Does not belong here: histology, grade and the markers that define a type (`pathology`), the
numbers (`detail_parameters`).
"""

import numpy as np
import polars as pl

from analyses.simulation import detail_parameters as d
from analyses.simulation.draw import Bools, Ints, codes, decimal, keep
from schemas.coding import codes_of

#: Altered where tested, by histology; every other type .02. A
_ALTERED: dict[str, dict[str, float]] = {
    "tert_promoter": {"glioblastoma_idh_wildtype": 0.50},
    "nf2_alteration": {"spinal_ependymoma": 0.40},
    "braf_fusion": {"pilocytic_astrocytoma": 0.40},
    "cdkn2ab_deletion": {"glioblastoma_idh_wildtype": 0.35, "anaplastic_astrocytoma_nos": 0.20},
    "atrx_loss": {"astrocytoma_idh_mutant": 0.80, "dmg_h3_k27_altered": 0.30},
    "tp53_mutation": {"astrocytoma_idh_mutant": 0.80, "dmg_h3_k27_altered": 0.50},
    "mgmt_methylation": {"glioblastoma_idh_wildtype": 0.30, "astrocytoma_idh_mutant": 0.70},
    "egfr_alteration": {"glioblastoma_idh_wildtype": 0.20},
}
_ELSEWHERE = 0.02
#: Class of the methylation classifier by histology; no class for what is not named.
_CLASS = {
    "spinal_ependymoma": "sp_epn",
    "spinal_ependymoma_mycn": "sp_epn_mycn",
    "subependymoma": "sp_se",
    "dmg_h3_k27_altered": "dmg_k27",
    "pilocytic_astrocytoma": "pilocytic",
    "glioblastoma_idh_wildtype": "gbm",
    "astrocytoma_idh_mutant": "idh",
    "haemangioblastoma": "hemangioblastoma",
}


def pathology_details(
    rng: np.random.Generator,
    *,
    names: tuple[str, ...],
    grades: tuple[str, ...],
    name: Ints,
    tested: Bools,
    newest: Bools,
    h3_altered: Bools,
) -> dict[str, pl.Series]:
    """Codes, counts, signs, markers and class of each diagnosis; `name` is a place in `names`."""
    n = len(name)
    grade = np.array([int(g) if g.isdigit() else 1 for g in grades])[name]
    ki67 = np.array(d.KI67_MEAN)[grade - 1] * np.exp(rng.normal(0, 0.5, n))
    # a grade 1 tumour above 20 % would be asked about (R058)
    ki67 = np.minimum(ki67, np.where(grade == 1, 20.0, 95.0))
    counted = rng.random(n) < 0.5
    first_code = [_morphology(each) for each in names]
    coded = np.array([bool(code) for code in first_code])[name]
    high = np.where(grade >= 3, *d.HIGH_GRADE_SIGNS)
    classes = ["", *dict.fromkeys(_CLASS.values())]
    place = np.array([classes.index(_CLASS.get(each, "")) for each in names])[name]
    classified = tested & newest & (place > 0) & (rng.random(n) < d.CLASSIFIED)
    loss = np.where(h3_altered, 2, np.where(tested, 1, 0))
    found = {
        "icdo3_morphology": keep(
            codes(first_code, name), coded & (rng.random(n) < d.CODED_MORPHOLOGY)
        ),
        "is_centrally_reviewed": codes(("no", "yes"), rng.random(n) < d.REVIEWED),
        "ki67_percent": decimal(ki67, 0, where=counted),
        "mitoses_per_10_hpf": decimal(np.round(ki67 / 4), 0, where=counted),
        "necrosis": codes(("absent", "present"), rng.random(n) < high),
        "microvascular_proliferation": codes(("absent", "present"), rng.random(n) < high),
        "h3_k27me3_loss": codes(("not_tested", "not_altered", "altered"), loss),
        "methylation_class": keep(codes(classes, place), classified),
        "methylation_score": decimal(0.85 + 0.14 * rng.random(n), 2, where=classified),
        "methylation_classifier": keep(codes(("v12.8",), np.zeros(n, dtype=np.int64)), classified),
    }
    for marker, shares in _ALTERED.items():
        share = np.array([shares.get(each, _ELSEWHERE) for each in names])[name]
        state = np.where(tested, 1 + (rng.random(n) < share), 0)
        found[marker] = codes(("not_tested", "not_altered", "altered"), state)
    return found


def _morphology(histology: str) -> str:
    """The first ICD-O-3 code of a type, empty where none is known."""
    found = [c.code for c in codes_of(f"histology={histology}") if c.system == "ICD-O-3"]
    return found[0] if found else ""
