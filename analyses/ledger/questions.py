"""Questions of the ledger: for each claim, which cases, which groups, which event or value.

Belongs here: one question per statistic of `analyses.claims` under rules V1 to V3, and those that
stand beside without a verdict.
Does not belong here: names, rules and bounds (`analyses.claims`), rows and estimates.
"""

import polars as pl

from analyses.claim_rules import Statistic
from analyses.eligibility import in_groups
from analyses.ledger.rows import Lead, Medians, Odds, Question, Share
from schemas.vocabularies import INDEX_PERIOD

_ENHANCES = pl.col("enhancement_degree").is_in(("mild", "marked", "present_unspecified"))
_PATTERNS = ("homogeneous", "heterogeneous", "rim", "nodular", "patchy")
_OFF_CENTRE = ("eccentric", "unilateral", "whole_section")
_SIGNALS = ("hypointense", "isointense", "hyperintense", "mixed")
_UNUSABLE = ("not_acquired", "acquired_not_diagnostic")

_EPENDYMOMA = ("ependymoma", in_groups("ependymoma"))
_ASTROCYTIC = ("astrocytic tumours", in_groups("astrocytic"))


def _asked(endpoint: str) -> pl.Expr:
    """Cases that an endpoint takes and whose value is known.

    The column holds a value of cases that the endpoint leaves out, too, such as recurrent ones.
    """
    return pl.col(f"{endpoint}_exclusion").is_null() & pl.col(endpoint).is_not_null()


#: As the endpoint has them: untreated before, looked at before any tissue was taken.
_TWO_TYPES = _asked("ependymoma_vs_astrocytoma")
_IS_EPENDYMOMA = _TWO_TYPES & (pl.col("ependymoma_vs_astrocytoma") == "yes")
_EVERY = pl.col("case_id").is_not_null()
_TYPED = pl.col("tumour").is_not_null()
_CHILD = pl.col("age_years") < 18
_RESECTED = pl.col("gross_total_resection_exclusion").is_null()
_TOTAL = pl.col("gross_total_resection").replace_strict({"yes": True, "no": False}, default=None)
_GRADES = (
    ("high grade", pl.col("high_grade") == "yes"),
    ("low grade", pl.col("high_grade") == "no"),
)
_GRADED = _asked("high_grade")
_PERIODS = tuple(
    (period.definition, pl.col("index_period") == period.code)
    for period in INDEX_PERIOD.values
    if period.code in INDEX_PERIOD.coded
)


def _told(column: str, has: tuple[str, ...], lacks: tuple[str, ...]) -> pl.Expr:
    """True with one of the first values, False with one of the second, missing with any other."""
    return (
        pl.when(pl.col(column).is_in(has)).then(True).when(pl.col(column).is_in(lacks)).then(False)
    )


def _sign(column: str) -> pl.Expr:
    """A sign of five states: present, absent, or not assessable."""
    return _told(column, ("present",), ("absent",))


def _by_type(event: pl.Expr, *, among: pl.Expr = _TWO_TYPES, definition: str | None = None) -> Odds:
    """Ependymoma against astrocytic tumours."""
    return Odds(among, (_EPENDYMOMA, _ASTROCYTIC), event, definition=definition)


_MARGIN = _told("margin", ("well_defined",), ("ill_defined",))
_T2STAR = ("seq_t2star_gre", "seq_swi")

#: The questions of each claim, in the order of its statistics.
QUESTIONS: dict[str, tuple[Question, ...]] = {
    "C01": (Lead(_TYPED & ~_CHILD, "tumour", "ependymoma"),),
    "C02": (
        Odds(
            _TYPED & in_groups("ependymoma", "astrocytic"),
            (("under 18", _CHILD), ("adults", ~_CHILD)),
            in_groups("astrocytic"),
        ),
        Lead(_TYPED & _CHILD, "tumour", "astrocytic", "ependymoma"),
    ),
    "C03": (
        Share(
            _EVERY,
            "cases with a T1 signal",
            _told("t1_signal", ("isointense", "hypointense"), ("hyperintense", "mixed")),
        ),
    ),
    "C04": (
        Share(
            _EVERY,
            "cases with a T2 signal",
            _told("t2_signal", ("hyperintense",), ("isointense", "hypointense", "mixed")),
        ),
    ),
    "C05": (_by_type(_MARGIN),),
    "C06": (_by_type(_told("enhancement_pattern", _PATTERNS[:1], _PATTERNS[1:])),),
    "C07": (
        Odds(
            _TWO_TYPES & _ENHANCES,
            (_ASTROCYTIC, _EPENDYMOMA),
            _told(
                "enhancement_pattern",
                ("heterogeneous", "patchy"),
                ("homogeneous", "rim", "nodular"),
            ),
        ),
    ),
    "C09": (_by_type(_told("axial_location", ("central",), _OFF_CENTRE)),),
    "C10": (_by_type(_sign("cap_sign")),),
    "C11": (
        Odds(
            _IS_EPENDYMOMA,
            (
                ("T2* or SWI", pl.any_horizontal([pl.col(c) == "acquired" for c in _T2STAR])),
                (
                    "T2 only",
                    (pl.col("seq_t2") == "acquired")
                    & pl.all_horizontal([pl.col(c).is_in(_UNUSABLE) for c in _T2STAR]),
                ),
            ),
            _sign("cap_sign"),
        ),
    ),
    "C12": (
        Share(_IS_EPENDYMOMA, "ependymoma", _sign("cord_expansion")),
        _by_type(_sign("cord_expansion")),
    ),
    "C13": (_by_type(_sign("syrinx"), definition="stated_syrinx_definition"),),
    "C14": (_by_type(_sign("haemorrhage")),),
    "C15": (Medians(_TWO_TYPES, (_ASTROCYTIC, _EPENDYMOMA), pl.col("n_segments")),),
    "C16": (
        Odds(
            _RESECTED,
            (("well-defined margin", _MARGIN), ("ill-defined margin", ~_MARGIN)),
            _TOTAL,
        ),
        _by_type(_TOTAL, among=_RESECTED & in_groups("ependymoma", "astrocytic")),
    ),
    "C17": (Medians(_GRADED, _GRADES, pl.col("adc_mean_1e6_mm2_s")),),
    "C18": (Medians(_GRADED, _GRADES, pl.col("choline_naa_ratio")),),
    "C20": (Lead(pl.col("has_ct"), "seen_on", "CT only", "MR only"),),
    "C23": (Odds(_EVERY, _PERIODS, pl.col("myelography"), per_step=True),),
    "C24": (
        Odds(
            _RESECTED,
            _PERIODS,
            _TOTAL,
            per_step=True,
            adjusted=("known_experience", "tumour"),
        ),
    ),
}

#: What stands beside a claim without a verdict: its name, side and unit, and the question.
BESIDE: dict[str, tuple[tuple[Statistic, Question], ...]] = {
    "C16": (
        (
            Statistic(
                "odds ratio of gross total resection, displacing v infiltrating growth", "V1"
            ),
            Odds(
                _RESECTED,
                (
                    ("displacing", pl.col("growth_type") == "displacing"),
                    ("infiltrating", pl.col("growth_type") == "infiltrating"),
                ),
                _TOTAL,
            ),
        ),
        (
            Statistic(
                "odds ratio of gross total resection, good v partial or no plane of cleavage", "V1"
            ),
            Odds(
                _RESECTED,
                (
                    ("good plane", pl.col("cleavage_plane") == "good"),
                    ("partial or none", pl.col("cleavage_plane").is_in(("partial", "none"))),
                ),
                _TOTAL,
            ),
        ),
    ),
    "C17": (
        (
            Statistic("median Ki-67, high less low grade", "V3", bound=0, unit="%"),
            Medians(_GRADED, _GRADES, pl.col("ki67_percent")),
        ),
    ),
}
