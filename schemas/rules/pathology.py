"""Rules of `pathology`: specimen, grade by edition, codes, unusual diagnoses.

Belongs here: the numbered rules whose row is a diagnosis, but those of molecular markers.
Does not belong here: markers (`schemas.rules.markers`), which grades an edition allows
(`schemas.histology`).
"""

from collections.abc import Iterable

from schemas import vocabularies as v
from schemas.checks import PredicateCheck, rule_at
from schemas.coding import codes_of
from schemas.expressions import (
    Col,
    Compare,
    Exists,
    IfThen,
    IsFilled,
    IsIn,
    Linear,
    Not,
    Outer,
    Predicate,
    Related,
    all_of,
    is_in,
)
from schemas.histology import EDITIONS, TYPES, TumourType, codes_of_group

_ABOVE_T12 = v.LEVEL.coded[: v.LEVEL.coded.index("T12")]
_EPENDYMAL = codes_of_group("ependymoma", "subependymoma", "myxopapillary")
_ASTROCYTIC = codes_of_group("astrocytic")
_SYNDROME = Related("cases", "syndrome", "case_id", via="patients")
_SAME_DAY = ("case_id", "specimen_day")
_SAME_KIND = Compare(Col("specimen_kind"), "=", Outer("specimen_kind"))
#: MYCN-amplified under CNS5: the edition gives no grade, and a delivered one only warns.
_UNGRADED = "spinal_ependymoma_mycn"


def _grades(types: Iterable[TumourType]) -> Predicate:
    """Every type has a grade that the row's edition allows, and exists in that edition."""
    parts: list[Predicate] = []
    for kind in types:
        for edition in EDITIONS:
            there = all_of(is_in("histology", kind.code), is_in("histology_edition", edition))
            grades = kind.grades(edition)
            allowed = IfThen(there, is_in("who_grade", *grades)) if grades else Not(there)
            parts.append(allowed)
    return all_of(*parts)


def _codes_of_types() -> Predicate:
    """A morphology code is one of its type; types without any code are left alone."""
    codes = {
        kind.code: [c.code for c in codes_of(f"histology={kind.code}") if c.system == "ICD-O-3"]
        for kind in TYPES
    }
    return all_of(
        *(
            IfThen(is_in("histology", kind), is_in("icdo3_morphology", *there))
            for kind, there in codes.items()
            if there
        )
    )


_SPECIMEN = (
    rule_at(
        "R050",
        "pathology.specimen_day",
        holds=all_of(
            IfThen(
                all_of(
                    is_in("specimen_kind", "biopsy", "resection"), IsFilled(Col("specimen_day"))
                ),
                Exists(
                    "surgeries",
                    "case_id",
                    all_of(
                        Compare(Outer("specimen_day"), ">=", Linear(Col("surgery_day"), 1, -1)),
                        Compare(Outer("specimen_day"), "<=", Linear(Col("surgery_day"), 1, 1)),
                    ),
                ),
            ),
            IfThen(
                is_in("specimen_kind", "earlier_specimen"), Compare(Col("specimen_day"), "<", 0)
            ),
        ),
        sentence="a biopsy or resection specimen was taken on the day of a surgery of the case, a "
        "day before or after at most, and an earlier specimen before day 0",
        remedy="Specimen without surgery: deliver the surgery, or correct the day or the kind.",
    ),
    rule_at(
        "R050",
        "pathology.surgery_id",
        holds=all_of(
            Compare(Related("surgeries", "case_id", "surgery_id"), "=", Col("case_id")),
            Compare(
                Col("specimen_day"),
                ">=",
                Linear(Related("surgeries", "surgery_day", "surgery_id"), 1, -1),
            ),
            Compare(
                Col("specimen_day"),
                "<=",
                Linear(Related("surgeries", "surgery_day", "surgery_id"), 1, 1),
            ),
        ),
        sentence="the surgery that gave the specimen is one of the same case and day, give or take "
        "a day",
        remedy="The specimen is of another surgery: correct `surgery_id` or the day.",
    ),
    rule_at(
        "R061",
        "pathology.is_centrally_reviewed",
        severity="warning",
        holds=IfThen(
            Exists(
                "pathology",
                _SAME_DAY,
                all_of(_SAME_KIND, Compare(Col("histology"), "!=", Outer("histology"))),
            ),
            Exists(
                "pathology", _SAME_DAY, all_of(_SAME_KIND, is_in("is_centrally_reviewed", "yes"))
            ),
        ),
        sentence="of two different diagnoses of one specimen one is centrally reviewed",
        remedy="Conflicting diagnoses: both are kept. Have the specimen reviewed if possible.",
    ),
)

_GRADE = (
    rule_at(
        "R051",
        "pathology.who_grade",
        holds=_grades(kind for kind in TYPES if kind.is_seen and kind.code != _UNGRADED),
        sentence="`who_grade` is one that the edition gives the type, and the type exists in that "
        "edition",
        remedy="This grade or type is not possible in this edition: the vocabulary page lists "
        "them. Correct type, grade or edition.",
    ),
    rule_at(
        "R051",
        "pathology.histology_edition",
        severity="warning",
        holds=_grades(kind for kind in TYPES if not kind.is_seen or kind.code == _UNGRADED),
        sentence="`who_grade` is one that the edition is thought to give the type (types whose "
        "grades were not checked against the volumes)",
        remedy="Unusual grade or type for this edition: confirm.",
    ),
    rule_at(
        "R052",
        "pathology.who_grade",
        holds=IfThen(is_in("histology", "dmg_h3_k27_altered"), is_in("who_grade", "4")),
        remedy="Diffuse midline glioma, H3 K27-altered, is grade 4 by definition: "
        "correct grade or type.",
    ),
    rule_at(
        "R058",
        "pathology.ki67_percent",
        severity="warning",
        holds=IfThen(is_in("who_grade", "1"), Compare(Col("ki67_percent"), "<=", 20)),
        remedy="Unusual for grade 1: confirm index and grade.",
    ),
)

_TYPE = (
    rule_at(
        "R017",
        "pathology.histology",
        severity="warning",
        holds=all_of(
            Not(all_of(IsIn(_SYNDROME, ("vhl",)), is_in("histology", *_EPENDYMAL, *_ASTROCYTIC))),
            Not(all_of(IsIn(_SYNDROME, ("nf2",)), is_in("histology", "haemangioblastoma"))),
        ),
        sentence="a patient with VHL has no ependymal or astrocytic tumour, one with NF2 no "
        "haemangioblastoma",
        remedy="Unusual for the syndrome: confirm both.",
    ),
    rule_at(
        "R057",
        "pathology.icdo3_morphology",
        severity="warning",
        holds=_codes_of_types(),
        sentence="`icdo3_morphology` is a code of the type",
        remedy="The code is that of another type: confirm both. Registries differ in some codes.",
    ),
    rule_at(
        "R058",
        "pathology.histology",
        severity="warning",
        holds=Not(
            all_of(
                is_in("histology", "glioblastoma_idh_wildtype"),
                Compare(Related("cases", "age_years", "case_id"), "<", 18),
            )
        ),
        sentence="a patient under 18 years has no glioblastoma, IDH wild type, of the adult kind",
        remedy="Unusual at this age: is it a paediatric-type glioma?",
    ),
    rule_at(
        "R059",
        "pathology.histology",
        severity="warning",
        holds=IfThen(
            is_in("histology", "myxopapillary_ependymoma"),
            Not(
                Exists(
                    "imaging_reads",
                    "case_id",
                    is_in("level_lower", *_ABOVE_T12),
                    via="imaging_studies",
                )
            ),
        ),
        sentence="a myxopapillary ependymoma reaches T12 or lies below",
        remedy="Unusual level for a myxopapillary ependymoma: confirm type and levels.",
    ),
)

PATHOLOGY: tuple[PredicateCheck, ...] = (*_SPECIMEN, *_GRADE, *_TYPE)
