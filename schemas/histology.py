"""Tumour types: the vocabulary `histology`, its groups, and the grades each WHO edition allows.

Belongs here: what a type is called, means, belongs to, and may be graded under which edition.
Does not belong here: ICD-O-3 and other codes (`schemas/codes`), the rule that judges a grade
(`schemas.rules.pathology`).
Editions are kept apart: a name or a grade of one is not that of another. No map between them is
given but the groups, because the literature allows none.
Sources: Louis 2021 (PMC8328013), cIMPACT-NOW 7 (PMC8018155), Ghasemi 2019 (PMC6851394), medlink.com
for HGAP. Grades marked `is_seen=False` are general knowledge and still to be checked against the
WHO volumes: rule R051 only warns of them.
"""

from dataclasses import dataclass

from schemas.vocabulary import UNKNOWN, vocabulary

EDITIONS = ("who_2000", "who_2007", "who_2016", "cns5_2021")

NOT_ASSIGNED = "not_assigned"
_ANY = ("1", "2", "3", "4", NOT_ASSIGNED)
_NONE = (NOT_ASSIGNED,)


@dataclass(frozen=True)
class TumourType:
    """One type. Grades under CNS5 (2021), 2016 and 2007 (2000 alike); empty: not in that edition.

    `is_seen` says whether the grades were seen in a source.
    """

    code: str
    group: str
    definition: str
    cns5: tuple[str, ...]
    who_2016: tuple[str, ...]
    who_2007: tuple[str, ...]
    is_seen: bool = False

    def grades(self, edition: str) -> tuple[str, ...]:
        """Grades that an edition allows; empty where it does not know the type."""
        by_edition = {"cns5_2021": self.cns5, "who_2016": self.who_2016}
        return by_edition.get(edition, self.who_2007)


TYPES: tuple[TumourType, ...] = (
    TumourType(
        "spinal_ependymoma",
        "ependymoma",
        "Ependymoma of the cord without MYCN amplification; the cellular, clear cell and tanycytic "
        "ependymomas of earlier editions are in it.",
        ("2", "3"),
        ("2",),
        ("2",),
        is_seen=True,
    ),
    TumourType(
        "spinal_ependymoma_mycn",
        "ependymoma",
        "MYCN-amplified spinal ependymoma; aggressive, and no grade is assigned.",
        (NOT_ASSIGNED,),
        (),
        (),
        is_seen=True,
    ),
    TumourType(
        "anaplastic_ependymoma",
        "ependymoma",
        "Legacy name of a grade 3 ependymoma, dropped in CNS5.",
        (),
        ("3",),
        ("3",),
        is_seen=True,
    ),
    TumourType(
        "myxopapillary_ependymoma",
        "myxopapillary",
        "Ependymoma of conus and filum, mostly extramedullary; outside the default eligibility.",
        ("2",),
        ("1",),
        ("1",),
        is_seen=True,
    ),
    TumourType(
        "subependymoma",
        "subependymoma",
        "Eccentric, indolent ependymal tumour.",
        ("1",),
        ("1",),
        ("1",),
        is_seen=True,
    ),
    TumourType(
        "pilocytic_astrocytoma",
        "astrocytic",
        "Circumscribed astrocytoma with piloid cells.",
        ("1",),
        ("1",),
        ("1",),
        is_seen=True,
    ),
    TumourType(
        "pilomyxoid_astrocytoma",
        "astrocytic",
        "Myxoid variant of pilocytic astrocytoma; a subtype of it in CNS5.",
        (NOT_ASSIGNED, "1"),
        (NOT_ASSIGNED, "2"),
        ("2",),
    ),
    TumourType(
        "astrocytoma_idh_mutant",
        "astrocytic",
        "Diffuse astrocytoma with an IDH mutation; rare in the cord.",
        ("2", "3", "4"),
        ("2", "3", "4"),
        (),
    ),
    TumourType(
        "diffuse_astrocytoma_nos",
        "astrocytic",
        "Diffuse or fibrillary astrocytoma, IDH unknown or wild type, without grade 4 features.",
        ("2", NOT_ASSIGNED),
        ("2",),
        ("2",),
    ),
    TumourType(
        "anaplastic_astrocytoma_nos",
        "astrocytic",
        "Legacy name; in CNS5 a high-grade astrocytoma NOS or NEC without a glioblastoma marker.",
        ("3", NOT_ASSIGNED),
        ("3",),
        ("3",),
    ),
    TumourType(
        "glioblastoma_idh_wildtype",
        "astrocytic",
        "Adult-type glioblastoma; plain glioblastoma before 2016.",
        ("4",),
        ("4",),
        ("4",),
    ),
    TumourType(
        "dmg_h3_k27_altered",
        "astrocytic",
        "Diffuse midline glioma, H3 K27-altered; grade 4 whatever it looks like.",
        ("4",),
        ("4",),
        (),
        is_seen=True,
    ),
    TumourType(
        "paediatric_hgg_h3_wildtype",
        "astrocytic",
        "Diffuse paediatric-type high-grade glioma, H3 and IDH wild type.",
        ("4",),
        (),
        (),
    ),
    TumourType(
        "hgap",
        "astrocytic",
        "High-grade astrocytoma with piloid features; no grade assigned, behaves as grade 3.",
        _NONE,
        (),
        (),
        is_seen=True,
    ),
    TumourType(
        "pleomorphic_xanthoastrocytoma",
        "astrocytic",
        "Circumscribed astrocytoma with pleomorphic, lipid-laden cells.",
        ("2", "3"),
        ("2", "3"),
        ("2",),
    ),
    TumourType(
        "ganglioglioma",
        "glioneuronal",
        "Well differentiated tumour of ganglion and glial cells.",
        ("1",),
        ("1", "3"),
        ("1", "2", "3"),
    ),
    TumourType(
        "dlgnt",
        "glioneuronal",
        "Diffuse leptomeningeal glioneuronal tumour.",
        (NOT_ASSIGNED, "2", "3"),
        _NONE,
        (),
    ),
    TumourType(
        "oligodendroglioma",
        "other_glial",
        "Oligodendroglioma.",
        ("2", "3"),
        ("2", "3"),
        ("2", "3"),
    ),
    TumourType(
        "glioma_nos",
        "other_glial",
        "Glioma that was not classified further.",
        _NONE,
        _NONE,
        _NONE,
    ),
    TumourType(
        "haemangioblastoma",
        "haemangioblastoma",
        "Vascular tumour of stromal cells, sporadic or with von Hippel-Lindau disease.",
        ("1",),
        ("1",),
        ("1",),
        is_seen=True,
    ),
    TumourType(
        "cavernous_malformation",
        "vascular",
        "Cavernoma; a malformation, not graded.",
        _NONE,
        _NONE,
        _NONE,
    ),
    TumourType("metastasis", "other", "Metastasis inside the cord.", _NONE, _NONE, _NONE),
    TumourType("lymphoma", "other", "Lymphoma inside the cord.", _NONE, _NONE, _NONE),
    TumourType(
        "schwannoma_intramedullary",
        "other",
        "Schwannoma inside the cord.",
        ("1", NOT_ASSIGNED),
        ("1", NOT_ASSIGNED),
        ("1", NOT_ASSIGNED),
    ),
    TumourType(
        "lipoma",
        "other",
        "Lipoma of the cord; outside the default eligibility.",
        _NONE,
        _NONE,
        _NONE,
    ),
    TumourType("other_neoplasm", "other", "Any other neoplasm.", _ANY, _ANY, _ANY),
    TumourType(
        "non_neoplastic",
        "none",
        "No neoplasm: demyelination, infection, infarct.",
        _NONE,
        _NONE,
        _NONE,
    ),
    TumourType("no_tissue", "none", "No specimen was obtained.", _NONE, _NONE, _NONE),
)

HISTOLOGY = vocabulary("histology", *((t.code, t.definition) for t in TYPES))
HISTOLOGY_EDITION = vocabulary(
    "histology_edition",
    ("who_2000", "WHO classification, 3rd edition"),
    ("who_2007", "WHO classification, 4th edition"),
    ("who_2016", "WHO classification, revised 4th edition"),
    ("cns5_2021", "WHO classification of CNS tumours, 5th edition"),
    UNKNOWN,
    is_ordered=True,
)
WHO_GRADE = vocabulary(
    "who_grade",
    *((grade, f"grade {grade} under the edition of the row") for grade in ("1", "2", "3", "4")),
    ("not_assigned", "the edition gives this type no grade"),
    UNKNOWN,
)
#: Histology code to its group.
HISTOLOGY_GROUP: dict[str, str] = {t.code: t.group for t in TYPES}
#: Groups in their order, as a reader guesses them from images.
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(t.group for t in TYPES))


def codes_of_group(*groups: str) -> tuple[str, ...]:
    """Histology codes of the groups, in their order.

    Examples
    --------
    >>> codes_of_group("vascular", "haemangioblastoma")
    ('haemangioblastoma', 'cavernous_malformation')
    """
    return tuple(t.code for t in TYPES if t.group in groups)
