"""Rules of molecular markers: a type defined by a marker has it.

Belongs here: the numbered rules of `pathology` that read markers or the methylation class.
Does not belong here: other rules of pathology (`schemas.rules.pathology`).
"not tested" is an answer, and no evidence; `unknown` breaks nothing.
"""

from schemas.checks import PredicateCheck, rule_at
from schemas.expressions import Col, Iff, IfThen, IsFilled, Predicate, all_of, any_of, is_in
from schemas.histology import codes_of_group


def _classified(code: str) -> Predicate:
    """The methylation class says so; where none is given it is no evidence."""
    return all_of(IsFilled(Col("methylation_class")), is_in("methylation_class", code))


MARKERS: tuple[PredicateCheck, ...] = (
    rule_at(
        "R053",
        "pathology.h3_k27m",
        holds=IfThen(
            is_in("histology", "dmg_h3_k27_altered"),
            any_of(
                is_in("h3_k27m", "altered"),
                is_in("h3_k27me3_loss", "altered"),
                _classified("dmg_k27"),
            ),
        ),
        sentence="a diffuse midline glioma, H3 K27-altered, has the H3 K27M mutation, the loss of "
        "H3 K27 trimethylation, or that methylation class",
        remedy="No evidence of the H3 alteration: correct a marker, or name the type that it is.",
    ),
    rule_at(
        "R054",
        "pathology.histology",
        severity="warning",
        holds=IfThen(
            all_of(
                is_in("h3_k27m", "altered"),
                is_in("histology", *codes_of_group("astrocytic")),
                is_in("histology_edition", "cns5_2021"),
            ),
            is_in("histology", "dmg_h3_k27_altered"),
        ),
        sentence="under CNS5 an astrocytic tumour with H3 K27M is a diffuse midline glioma",
        remedy="H3-altered but not called DMG: confirm marker and type.",
    ),
    rule_at(
        "R055",
        "pathology.mycn_amplification",
        holds=IfThen(
            all_of(
                is_in("histology", *codes_of_group("ependymoma")),
                is_in("histology_edition", "cns5_2021"),
            ),
            Iff(
                is_in("histology", "spinal_ependymoma_mycn"),
                any_of(is_in("mycn_amplification", "altered"), _classified("sp_epn_mycn")),
            ),
        ),
        sentence="under CNS5 an ependymoma is of the MYCN type exactly when MYCN is amplified or "
        "the methylation class says so",
        remedy="Type and amplification disagree: correct one of the two.",
    ),
    rule_at(
        "R056",
        "pathology.idh_mutation",
        holds=all_of(
            IfThen(is_in("histology", "astrocytoma_idh_mutant"), is_in("idh_mutation", "altered")),
            IfThen(
                all_of(
                    is_in("histology", "glioblastoma_idh_wildtype"),
                    is_in("histology_edition", "who_2016", "cns5_2021"),
                ),
                any_of(
                    is_in("idh_mutation", "not_altered"), is_in("diagnosis_level", "nos", "nec")
                ),
            ),
        ),
        sentence="an IDH-mutant astrocytoma has the mutation; a glioblastoma, IDH wild type, since "
        "2016 was tested and has it not, or is diagnosed as NOS or NEC",
        remedy="IDH contradicts the type: correct the marker, the type or the level of diagnosis.",
    ),
    rule_at(
        "R060",
        "pathology.methylation_score",
        holds=IfThen(
            IsFilled(Col("methylation_score")),
            all_of(IsFilled(Col("methylation_class")), IsFilled(Col("methylation_classifier"))),
        ),
        remedy="A score without class or classifier: fill both.",
    ),
)
