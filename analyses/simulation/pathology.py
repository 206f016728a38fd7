"""Pathology: the names tissue was given under the edition of its time; the table `pathology`.

Belongs here: histology, grade and markers of each specimen.
Does not belong here: which cases are operated (`cases`, `treatment`).
The tumour does not change with the edition, its name does.
"""

import numpy as np
import polars as pl

from analyses.simulation import parameters as p
from analyses.simulation.cases import Cases
from analyses.simulation.draw import Bools, Ints, codes, labelled, stream, text_frame, whole
from analyses.simulation.pathology_details import pathology_details
from analyses.simulation.treatment import SecondSurgery, surgery_ids
from schemas.tables import BY_NAME

#: Edition by period: the same for all sites (R089). A
_EDITIONS = ("who_2000", "who_2000", "who_2007", "who_2016", "cns5_2021")
_MARKERS = ("not_tested", "not_altered", "altered", "inconclusive")
_NOT_TESTED, _NOT_ALTERED, _ALTERED, _INCONCLUSIVE = range(4)
#: Markers tested in gliomas, by period. A
_TESTED = (0.0, 0.0, 0.15, 0.75, 0.75)
_GRADES = {
    "spinal_ependymoma": "2",
    "spinal_ependymoma_mycn": "not_assigned",
    "anaplastic_ependymoma": "3",
    "subependymoma": "1",
    "pilocytic_astrocytoma": "1",
    "astrocytoma_idh_mutant": "2",
    "diffuse_astrocytoma_nos": "2",
    "anaplastic_astrocytoma_nos": "3",
    "glioblastoma_idh_wildtype": "4",
    "dmg_h3_k27_altered": "4",
    "paediatric_hgg_h3_wildtype": "4",
    "haemangioblastoma": "1",
    "cavernous_malformation": "not_assigned",
    "ganglioglioma": "1",
    "other_neoplasm": "unknown",
}
_NAMES = tuple(_GRADES)


def pathology_table(
    cases: Cases, second: SecondSurgery, *, tissue: Bools, seed: int
) -> pl.DataFrame:
    """Table `pathology`: a diagnosis per specimen of a first operation, and of some later ones."""
    rng = stream(seed, "pathology", site=cases.site.number)
    tested = rng.random(cases.n) < np.array(_TESTED)[cases.period]
    tested &= np.isin(cases.group, p.GLIOMAS)
    name, marks = _diagnosis(rng, cases, tested)
    again = rng.random(len(second.case)) < 0.6
    one = np.flatnonzero(tissue)
    case = np.r_[one, second.case[again]]
    later = np.r_[np.zeros(len(one), dtype=bool), np.ones(int(again.sum()), dtype=bool)]
    day = np.r_[cases.surgery_day[one], second.day[again]]
    biopsy = ~later & cases.biopsy[case]
    newest, since_2016 = cases.period[case] == 4, cases.period[case] >= 3
    level = np.where(tested[case] & newest, 0, np.where(tested[case] | since_2016, 1, 2))
    columns: dict[str, pl.Series | str] = {
        "pathology_id": labelled(surgery_ids(cases, case, later), "-H", 0 * case + 1, width=1),
        "case_id": cases.case_id.gather(case),
        "surgery_id": surgery_ids(cases, case, later),
        "specimen_day": whole(day),
        "specimen_kind": codes(("resection", "biopsy"), biopsy),
        "histology": codes(_NAMES, name[case]),
        "histology_edition": codes(_EDITIONS, cases.period[case]),
        "who_grade": codes(tuple(_GRADES.values()), name[case]),
        "diagnosis_level": codes(("integrated", "nos", "histological_only"), level),
        **{marker: codes(_MARKERS, place[case]) for marker, place in marks.items()},
    }
    columns |= pathology_details(
        stream(seed, "details", site=8000 + cases.site.number),
        names=_NAMES,
        grades=tuple(_GRADES.values()),
        name=name[case],
        tested=tested[case],
        newest=newest,
        h3_altered=marks["h3_k27m"][case] == _ALTERED,
    )
    return text_frame(BY_NAME["pathology"], columns, height=len(case))


def _diagnosis(
    rng: np.random.Generator, cases: Cases, tested: Bools
) -> tuple[Ints, dict[str, Ints]]:
    """Name of every tumour under the edition of its period, and its markers."""
    n, group = cases.n, cases.group
    since_2016, cns5 = cases.period >= 3, cases.period == 4
    u = rng.random(n)
    h3 = tested & since_2016 & cases.h3_altered
    idh = tested & since_2016 & (group == p.LGA) & (u < 0.15)
    mycn = tested & cns5 & (group == p.EPN) & (u < 0.02)
    glioblastoma = (group == p.HGA) & (u < 0.5) & ~(cns5 & cases.child)
    rules: list[tuple[Bools, str]] = [
        (mycn, "spinal_ependymoma_mycn"),
        ((group == p.EPN) & ~cns5 & (u > 0.95), "anaplastic_ependymoma"),
        (group == p.EPN, "spinal_ependymoma"),
        (group == p.SUB, "subependymoma"),
        (group == p.PA, "pilocytic_astrocytoma"),
        (idh, "astrocytoma_idh_mutant"),
        (group == p.LGA, "diffuse_astrocytoma_nos"),
        (h3, "dmg_h3_k27_altered"),
        ((group == p.HGA) & cns5 & cases.child & tested, "paediatric_hgg_h3_wildtype"),
        (glioblastoma, "glioblastoma_idh_wildtype"),
        (group == p.HGA, "anaplastic_astrocytoma_nos"),
        (group == p.HB, "haemangioblastoma"),
        (group == p.CAV, "cavernous_malformation"),
        (group == p.GG, "ganglioglioma"),
    ]
    name = np.select(
        [has for has, _ in rules],
        [_NAMES.index(code) for _, code in rules],
        default=_NAMES.index("other_neoplasm"),
    ).astype(np.int64)
    braf = tested & np.isin(group, (p.PA, p.GG)) & (u < 0.2)
    altered = {"h3_k27m": h3, "idh_mutation": idh, "mycn_amplification": mycn, "braf_v600e": braf}
    return name, {
        marker: _marker(rng, tested, has, certain=marker == "idh_mutation")
        for marker, has in altered.items()
    }


def _marker(rng: np.random.Generator, tested: Bools, altered: Bools, *, certain: bool) -> Ints:
    """State of a marker; IDH is never inconclusive here, because the type rests on it (R056)."""
    unclear = tested & ~altered & (rng.random(len(tested)) < (0.0 if certain else 0.03))
    place = np.where(altered, _ALTERED, np.where(tested, _NOT_ALTERED, _NOT_TESTED))
    return np.where(unclear, _INCONCLUSIVE, place).astype(np.int64)
