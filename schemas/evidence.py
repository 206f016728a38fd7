"""Published evidence: which column and values a published two-by-two table belongs to.

Belongs here: signs with the outcome they were compared on, the rows of `published_counts` that hold
the counts, the p-value that was printed.
Does not belong here: the counts and their sources (`assets/data/evidence/published_counts.csv`),
odds ratios (`analyses.literature`).
An odds ratio comes from one study only: the arms of different studies are never set against
each other.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PublishedTable:
    """Two rows of `published_counts` of one study: with the outcome, then without it.

    `by_sign`: the rows are of cases with and without the sign, and count the outcome. `printed_p`
    is the two-sided p-value of Fisher's test as the study prints it.
    """

    study: str
    rows: tuple[str, str]
    by_sign: bool = False
    printed_p: str = ""


@dataclass(frozen=True)
class PublishedSign:
    """A sign against an outcome: `has` and `lacks` are the values of `column` that are compared.

    `said` names the comparison for a reader. `among` restricts both sides to cases with some values
    of another column; a table of that kind says nothing about the column among all cases.
    """

    column: str
    said: str
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    outcome: str
    tables: tuple[PublishedTable, ...]
    among: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Contrast:
    """The two sides that an outcome was compared on, in words and as values of endpoints.

    `values` gives for each endpoint its value with the outcome and the one without it.
    """

    name: str
    with_it: str
    without_it: str
    values: dict[str, tuple[str, str]]


#: Groups called "astrocytoma" differ between the studies (`SOURCES.md`).
TYPE, RESECTION = "ependymoma", "gross_total_resection"
CONTRASTS: dict[str, Contrast] = {
    TYPE: Contrast(
        "ependymoma against astrocytic tumours",
        "ependymoma",
        "astrocytic",
        {"ependymoma_vs_astrocytoma": ("yes", "no"), "histology_group": (TYPE, "astrocytic")},
    ),
    RESECTION: Contrast(
        "gross total resection against any other extent",
        "gross total resection",
        "less",
        {"gross_total_resection": ("yes", "no")},
    ),
}

_ENHANCES = ("mild", "marked", "present_unspecified")
_PRESENT, _ABSENT = ("present",), ("absent",)

SIGNS: tuple[PublishedSign, ...] = (
    PublishedSign(
        "enhancement_degree",
        "any v none",
        _ENHANCES,
        ("none",),
        TYPE,
        (PublishedTable("snu2010", ("E001", "E002"), printed_p="0.031"),),
    ),
    PublishedSign(
        "enhancement_extent",
        "diffuse v focal, of tumours that enhance",
        ("diffuse",),
        ("focal",),
        TYPE,
        (PublishedTable("snu2010", ("E003", "E004"), printed_p="0.003"),),
        among=("enhancement_degree", _ENHANCES),
    ),
    PublishedSign(
        "syrinx",
        "present v absent, any cavity counted",
        _PRESENT,
        _ABSENT,
        TYPE,
        (PublishedTable("snu2010", ("E005", "E006")),),
        among=("syrinx_definition", ("any_cavity",)),
    ),
    PublishedSign(
        "t2_high_at_enhancing_part",
        "present v absent, of tumours that enhance",
        _PRESENT,
        _ABSENT,
        TYPE,
        (PublishedTable("snu2010", ("E007", "E008"), printed_p="0.049"),),
        among=("enhancement_degree", _ENHANCES),
    ),
    PublishedSign(
        "margin",
        "well defined v ill defined",
        ("well_defined",),
        ("ill_defined",),
        TYPE,
        (PublishedTable("snu1997", ("E009", "E010")),),
    ),
    PublishedSign(
        "enhancement_pattern",
        "homogeneous v any other",
        ("homogeneous",),
        ("heterogeneous", "rim", "nodular", "patchy"),
        TYPE,
        (PublishedTable("snu1997", ("E012", "E013")),),
    ),
    PublishedSign(
        "polar_cyst",
        "present v absent",
        _PRESENT,
        _ABSENT,
        TYPE,
        (
            PublishedTable("snu1997", ("E015", "E016")),
            PublishedTable("jcn1999", ("E020", "E021")),
        ),
    ),
    PublishedSign(
        "haemorrhage",
        "present v absent",
        _PRESENT,
        _ABSENT,
        TYPE,
        (
            PublishedTable("snu1997", ("E018", "E019")),
            PublishedTable("jcn1999", ("E022", "E023")),
        ),
    ),
    PublishedSign(
        "growth_type",
        "displacing v infiltrating",
        ("displacing",),
        ("infiltrating",),
        RESECTION,
        (PublishedTable("klekamp2013", ("E045", "E046"), by_sign=True),),
    ),
)
