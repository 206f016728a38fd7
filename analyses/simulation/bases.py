"""What every number of the simulated registry is, and what it rests on, value by value.

Belongs here: one entry per numeric constant of the package: what it is, the names of its places,
which of its values were published and where. What is not named there is an assumption.
Does not belong here: the numbers (`parameters` and beside it), reading this (`evidence`).
A place is written as its names with '/' between; it covers every value that has all of them, and
the longest place that fits counts. Source labels are those of the evidence files; in full where a
source is not among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyses.simulation.parameters import GROUPS, PERIODS

Axis = tuple[str, ...]
#: Groups of the case mix, in the order of `MIX`.
MIX_GROUPS: Axis = ("EPN", "astrocytic", "HB", "CAV", "SUB", "GG", "OTH")
_WEIBULL: Axis = ("cumulative hazard", "at month", "shape")

_ENDO, _K13, _K15 = "endo2022", "klekamp2013", "klekamp2015"
_SNU, _SPINE, _SHE, _YAGI = "snu2010", "spine2018", "she2019", "yagi2023"
_MUTO = "Muto 2023, Neurospine 20(3)"
_DMG = "review of 279, PMID 38342826"
_EPN60, _EPN47 = "60 ependymomas, PMID 14569827", "47 ependymomas, koreamed 1087811"
_EDGES = "J Neuroradiol 1995;22:28"
_YUH = "Yuh 2018, doi:10.3340/jkns.2017.0405.001"
_SERIES40 = "PMC7875841"
_PACS = "pacs.de, secondary"
_HB3 = "53 of 54 in three series"
_PA = f"{_SHE}, {_MUTO}"
#: The specification calls it published and names no source.
_UNNAMED = "source not named"


@dataclass(frozen=True)
class Basis:
    """One constant: what it is, the names of its places, and the sources of published values.

    `axes` name the places of tuples from the outermost in; keys of mappings name themselves.
    `published` maps a place to a source, `note` says why an assumption is what it is. A `technical`
    number says nothing of people, tumours or hospitals.
    """

    what: str
    axes: tuple[Axis, ...] = ()
    published: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    technical: bool = False


def _per_group(what: str, note: str = "", **published: str) -> Basis:
    """A value for each group of tumours."""
    return Basis(what, (GROUPS,), published, note)


def _all(source: str, *places: str) -> dict[str, str]:
    """Places that one source stands for."""
    return dict.fromkeys(places, source)


_PEOPLE = {
    "MIX": Basis(
        "share of the group by kind of site; paediatric: among children",
        (MIX_GROUPS,),
        {
            **_all(_ENDO, *(f"national/{g}" for g in ("EPN", "astrocytic", "HB", "CAV", "OTH"))),
            "national/SUB": "yagi2023: 26 of 1,033 in endo2022",
            "registry": "ncdb2025",
            "paediatric": "Cancers 16:2360",
        },
        "national OTH is the rest of endo2022 after SUB and GG",
    ),
    "ASTROCYTIC_ADULT": Basis(
        "share within astrocytic, adults", (GROUPS[2:5],), {"PA": f"{_MUTO}: 18 of 168 in endo2022"}
    ),
    "ASTROCYTIC_CHILD": Basis("share within astrocytic, children", (GROUPS[2:5],)),
    "CHILD_SHARE": Basis("share under 18 at sites that are not paediatric"),
    "SITE_WEIGHTS": Basis("relative size of the sites, in their order"),
    "ORIGINAL_MCCORMICK_SITE": Basis("place of the one site with original McCormick grades"),
    "PERIOD_SHARE": Basis("share of the index period", (PERIODS,)),
    "AGE_MEAN": _per_group("age, mean, years", EPN=_K15, SUB=_UNNAMED, PA=_MUTO, HGA=_DMG),
    "AGE_SD": _per_group("age, sd, years", EPN=_K15),
    "MALE": _per_group("male", SUB=_UNNAMED, PA=f"pooled: {_PA}", HGA=_DMG),
    "SYNDROMES": Basis(
        "share with the syndrome", published={"EPN": _K15, "HB": "neurosurgerywiki"}
    ),
    "SAME_PATIENT": Basis("share of successive VHL cases of a site that are one patient"),
    "INCIDENTAL": _per_group("found incidentally"),
    "RECURRENT": Basis("share of recurrent cases"),
    "DURATION_MEAN": _per_group("months from first symptom, mean", EPN=_K15),
    "DURATION_SD": _per_group("months from first symptom, sd", EPN=_K15),
    "SYMPTOMS": Basis("log odds of a symptom", (("at grade 1", "per grade"),)),
    "CHILD_MEAN_AGE": Basis("mean age of those under 18, drawn evenly from 1 to 17, years"),
}

_REGIONS: Axis = ("cervical", "thoracic", "conus")
_TUMOURS = {
    "REGION_EPN": Basis(
        "region of ependymomas; the published three sum to 1.02 and were normed",
        (_REGIONS,),
        _all(_K15, *_REGIONS),
    ),
    "REGION_OTHER": Basis("region of the others", (_REGIONS,)),
    "SEGMENTS_MEAN": _per_group(
        "vertebral levels, mean", EPN=_EPN60, PA=_PA, HGA=f"median 3, {_UNNAMED}"
    ),
    "SEGMENTS_SD": _per_group("vertebral levels, sd", PA=_PA),
    "DISPLACING": _per_group("displacing growth"),
    "H3_ALTERED": Basis(
        "share of HGA with an H3 K27 alteration", (), {"": "96 cases, yiigle 1456242"}
    ),
}

_EXPERIENCE: Axis = ("under_10", "10_to_50", "over_50")
_SURGERY = {
    "NOT_OPERATED": _per_group("never operated"),
    "WATCHED_FIRST": _per_group("watched first, operated later"),
    "BIOPSY": _per_group("intent biopsy, among operated", HGA=f"{_SERIES40}, as extent"),
    "GTR": _per_group(
        "gross total among operated",
        EPN=_YAGI,
        SUB=_YAGI,
        PA=_MUTO,
        HGA=_SERIES40,
        HB=_HB3,
    ),
    "GTR_GROWTH": Basis(
        "log odds of gross total, displacing growth",
        note="set so that the crude odds ratio is near 17.2 (klekamp2013) in the national mix",
    ),
    "GTR_PER_SEGMENT": Basis("log odds of gross total, per level"),
    "GTR_EXPERIENCE": Basis("log odds of gross total, by experience", (_EXPERIENCE,)),
    "GTR_PER_PERIOD": Basis("log odds of gross total, per period"),
    "EXPERIENCE": Basis("experience of the surgeon", (PERIODS, _EXPERIENCE)),
    "IONM": Basis(
        "log odds of monitored motor potentials",
        (("constant", "per period", "per step of experience"),),
        note="no effect on extent: .76 v .58 (PMC4075368) comes from period and experience",
    ),
    "NOT_TOTAL": Basis(
        "extent, if a resection is not total", (("near_total", "subtotal", "partial", "biopsy"),)
    ),
    "SURGEON_CALLS_TOTAL": Basis("near-total or subtotal that a surgeon calls total"),
    "SECOND_SURGERY": Basis("share of seen progressions that are operated"),
}

_BY_6 = "set so that good grade at month 12 has odds ratio 0.77 per level (PMC4508749, n=106)"
_FUNCTION = {
    "PREOPERATIVE_GRADE": Basis(
        "preoperative modified McCormick grade",
        (("1", "2", "3", "4", "5"),),
        note="mean 1.86; published 1.76 (PMC4508749, n=38)",
    ),
    "THORACIC_SHIFT": Basis("thoracic tumours, grades more"),
    "WORSE_AT_DISCHARGE": Basis("worse at discharge", (), {"": _ENDO}),
    "MONTH_6": Basis(
        "month 6 against before surgery", (("better", "worse"),), _all(_ENDO, "better", "worse")
    ),
    "WORSE_PER_LEVEL_EPN": Basis(
        "log odds of worsening per level, EPN",
        (),
        {"": "odds ratio 1.74, J Neurooncol 2025, doi:10.1007/s11060-025-05134-6"},
    ),
    "WORSE_PER_LEVEL_OTHER": Basis("log odds of worsening per level, others"),
    "BETTER_PER_LEVEL_EPN": Basis("log odds of improving per level, EPN", note=_BY_6),
    "MISSING_GRADE": Basis(
        "share of operated patients without a grade",
        (),
        {"month_6": _ENDO},
        "month 6: of all operated, whatever the reason; the others of those who reach it",
    ),
    "NOT_REACHED_MONTH_6": Basis("dead, lost or not followed so far at month 6", note="by trial"),
    "_WINDOWS": Basis(
        "days of an assessment after surgery",
        (("discharge", "month_6", "month_12", "month_24"), ("first", "last")),
    ),
    "_STEP_DEEPER": Basis("a change that is two grades"),
}

_COURSE = {
    "DEATH": Basis(
        "death: Weibull hazard of the group",
        (GROUPS, _WEIBULL),
        {
            **_all("OS .937 at 12 years, PMC3688015", "EPN/cumulative hazard", "EPN/at month"),
            **_all(f"median 46 months, {_SERIES40}", "LGA/cumulative hazard", "LGA/at month"),
            "HGA": ".657 at 1 and .407 at 3 years, neurospine 1516",
        },
    ),
    "PROGRESSION": Basis(
        "progression, death apart: Weibull hazard of the group",
        (GROUPS, _WEIBULL),
        {"EPN": "PFS .87 at 5, .80 at 10 years, less death, PMC3688015"},
    ),
    "PROGRESSION_HR_NOT_TOTAL": Basis("hazard ratio of progression, not total against total"),
    "LOST_PER_YEAR": Basis("lost to follow-up per year"),
    "FOLLOWED_YEARS": Basis("years of possible follow-up", (PERIODS, ("lowest", "highest"))),
    "VISITS": Basis("planned contacts, years after surgery"),
    "RADIOTHERAPY": _per_group("adjuvant radiotherapy; rarer after total resection"),
    "CHEMOTHERAPY": _per_group("adjuvant drugs"),
    "DAYS_PER_MONTH": Basis("365.25 / 12", technical=True),
    "NEVER": Basis("day that stands for never", technical=True),
    "LAST_DAY": Basis("no contact later", technical=True),
}

#: Sign, then group, to its source; the first value of fields that are no sign.
_SIGN_SOURCES = {
    "margin/EPN": f"between 13 of 15 (snu1997), 77 % ({_EPN60}) and 70 % ({_EDGES})",
    "margin/LGA": _EDGES,
    "margin/HB": "3 of 3 (snu1997), kept below 1",
    "axial_location/EPN": f"106 of 106 ({_SPINE}; {_EPN47}), kept below 1",
    "axial_location/SUB": _YAGI,
    "axial_location/PA": _SHE,
    "axial_location/HB": _UNNAMED,
    "enhancement_degree/EPN": f"{_SNU}, kept below 1",
    "enhancement_degree/SUB": f"4 of 10, {_YUH}",
    "enhancement_degree/PA": _PA,
    "enhancement_degree/HB": _UNNAMED,
    **{f"enhancement_extent/{group}": _SNU for group in ("EPN", "LGA", "HGA")},
    **{f"t2_high_at_enhancing_part/{group}": _SNU for group in ("EPN", "PA", "LGA", "HGA")},
    "cap_sign/EPN": _SPINE,
    "cap_sign/PA": _SHE,
    "haemorrhage/EPN": "between jcn1999 (5 of 17) and snu1997 (3 of 15)",
    "haemorrhage/PA": _SHE,
    "oedema/EPN": _SPINE,
    "oedema/GG": f'"absent", {_UNNAMED}',
    "intratumoural_cyst/EPN": f"{_SPINE}, doubtful",
    "intratumoural_cyst/PA": _MUTO,
    **{f"intratumoural_cyst/{group}": _PACS for group in ("LGA", "HGA", "GG")},
    "intratumoural_cyst/HB": _UNNAMED,
}
_CAVITIES: Axis = ("strict", "with_hydromyelia", "any")
_MEAN_SD: Axis = ("mean", "sd")
_SIGNS = {
    "SIGNS": Basis(
        "share of the sign; well defined, central, enhancing, diffuse for fields that are none",
        (GROUPS,),
        _SIGN_SOURCES,
        "margin of PA: 11 of 13 (she2019) against mostly unclear (Muto 2023); of HGA: 0 of 10 "
        "(snu1997) against 40 %; enhancement of LGA, HGA: astrocytic pooled .79 (snu2010); "
        "rereading set for kappa .6 margin, .75 location, .8 enhancement, .5 cap, .65 cysts",
    ),
    "SCOLIOSIS_CHILD": Basis("scoliosis in children, log odds more"),
    "CAP_ON_T2STAR": Basis("cap sign on T2*/GRE or SWI, times"),
    "HAEMORRHAGE_WITH_CAP": Basis("haemorrhage where a cap is seen, at least"),
    "CAVITY": Basis(
        "cavity by definition of syrinx",
        (GROUPS, _CAVITIES),
        {
            "EPN/strict": f"{_SPINE}, doubtful",
            "EPN/with_hydromyelia": _K15,
            "EPN/any": _SNU,
            "PA/with_hydromyelia": f"6 of 13, {_SHE}",
            **_all(_PA, "PA/strict", "PA/any"),
            **_all(_SNU, "LGA/any", "HGA/any"),
            "HB/with_hydromyelia": "33 of 35, hbs2021 and huch2012, doubtful",
            **_all(_UNNAMED, "HB/strict", "HB/any"),
        },
    ),
    "POLAR_CYST": _per_group(
        "polar cyst", EPN=f"{_SPINE}, doubtful", PA=_MUTO, LGA=_PACS, HGA=_PACS, HB="snu1997"
    ),
    "REREAD_CAVITY": Basis("share of cavities drawn afresh by a reader", note="kappa .65"),
    "PATTERN": Basis(
        "pattern, if enhancing",
        (GROUPS, ("homogeneous", "heterogeneous", "rim", "nodular", "patchy")),
        {"EPN": _SPINE, "PA": _PA},
    ),
    "DEGREE": Basis("degree, if enhancing", (("mild", "marked", "present_unspecified"),)),
    "NOT_CENTRAL": Basis(
        "location, if not central", (("eccentric", "unilateral", "whole_section"),)
    ),
    "T1_ISO": _per_group("T1 isointense", EPN=_EPN47, PA=_PA),
    "T2_HIGH": _per_group("T2 hyperintense", EPN=f"{_SPINE}; {_EPN47}", PA=_PA),
    "T1_REST": Basis("T1, if not isointense", (("hypointense", "hyperintense", "mixed"),)),
    "T2_REST": Basis("T2, if not hyperintense", (("isointense", "hypointense", "mixed"),)),
    "ADC": Basis(
        "ADC, 1e-6 mm2/s", (GROUPS, _MEAN_SD), {"PA": f"n = 3, {_UNNAMED}"}, "CAV is not measured"
    ),
    "CHOLINE": Basis("choline/NAA", (GROUPS, _MEAN_SD), note="HB and CAV are not measured"),
}

_IMAGING = {
    "ACQUIRED": Basis("sequence acquired", (PERIODS,)),
    "CT": Basis("CT made", (PERIODS,)),
    "CT_MYELOGRAPHY": Basis("share of CT that is CT myelography", (PERIODS,)),
    "AXIAL_SERIES": Basis("axial T2 made", (PERIODS,)),
    "CONTRAINDICATED": Basis("MR contraindicated"),
    "NO_PREOPERATIVE_MR": Basis("no preoperative MR"),
    "OLD_MR_ONLY": Basis("only an MR older than 180 days"),
    "NOT_DIAGNOSTIC": Basis("acquired sequence of no diagnostic quality, T1 apart"),
    "FIELD_STRENGTH": Basis("field strengths in T", technical=True),
    "FIELD_SHARE": Basis("share of field strengths", (PERIODS, ("0.5 T", "1 T", "1.5 T", "3 T"))),
    "TWO_READERS": Basis("studies with two readers"),
    "SECOND_ROUND": Basis("reads repeated by the same reader"),
    "INDETERMINATE": Basis("sign read as indeterminate"),
    "NOT_REPORTED": Basis("sign not reported"),
    "NOT_REPORTED_REPORT_TEXT": Basis("the same at sites that take signs from reports"),
    "NOT_REPORTED_HIGH_GRADE_ODDS": Basis("odds ratio of not reported, high grade"),
    "SITE_INTERCEPT_SD": Basis("random intercept of a sign between sites, sd on the logit"),
    "UNSPECIFIED_SYRINX_REPORT_TEXT": Basis("syrinx of no stated definition, taken from reports"),
    "_SURVEILLANCE_STUDIES": Basis("surveillance studies kept per case"),
    "WITHIN_BLOCK": Basis("radiomics: correlation within a block"),
    "PER_GROUP": Basis("radiomics: shift of an informative feature per group, sd"),
    "STRETCH": Basis("radiomics: stretch by the scanner", (("lowest", "highest"),)),
    "SHIFT_SD": Basis("radiomics: shift by the scanner, sd"),
    "REPEATED": Basis("radiomics: variance a second scan repeats", (("lowest", "highest"),)),
    "RETESTED": Basis("radiomics: studies of the test-retest set", technical=True),
    "N_FEATURES": Basis("radiomics: number of features", technical=True),
    "BLOCK": Basis("radiomics: features per block", technical=True),
    "LEAST_SITES": Basis("sites from which on two have a wrong unit", technical=True),
}

_DETAILS = {
    "SYNDROME_BASIS": Basis("basis of a syndrome", (("genetic", "clinical", "family", "unknown"),)),
    "ASA": Basis("ASA grade", (("1", "2", "3", "4"),)),
    "ASA_KNOWN": Basis("ASA grade is delivered"),
    "ENTERED_LATE": Basis("entered the registry late, at every other site; the others do not say"),
    "ENTRY_DAYS": Basis(
        "entry into the registry, latest day",
        (("soon", "late"),),
        note="even, and never after what is known of the case",
    ),
    "WHOLE_SPINE": Basis("wider coverage", (("whole_spine", "neuraxis"),)),
    "SLICE_THICKNESS_MM": Basis("sagittal slices in mm, one of", technical=True),
    "ADC_OF_CORD": Basis("ADC of normal cord, 1e-6 mm2/s"),
    "B_MAX": Basis("largest b value in s/mm2, one of", technical=True),
    "BLINDED": Basis("reads before surgery blinded to histology and outcome"),
    "READER_YEARS": Basis("experience of a reader, years, one of"),
    "ENHANCING_PROPORTION": Basis(
        "enhancing proportion", (("over_67", "34_to_67", "6_to_33", "under_6"),)
    ),
    "DTI_FIBRES": Basis("DTI fibre type", (("displacing", "infiltrating"), ("1", "2", "3"))),
    "RIGHT_FIRST": Basis("first radiological guess is the right group"),
    "APPROACH": Basis("approach", (("laminectomy", "laminoplasty", "hemilaminectomy"),)),
    "ALARM": Basis("alarm, where monitored", (("none", "transient", "persistent"),)),
    "STOPPED_AFTER_ALARM": Basis("stopped after an alarm"),
    "COMPLICATIONS": Basis(
        "complication",
        (("CSF leak", "wound", "haematoma", "respiratory failure", "thromboembolism"),),
    ),
    "BLOOD_LOSS_ML": Basis("blood loss, centre, ml"),
    "DURATION_MIN": Basis("duration of surgery, centre, min"),
    "STAY_DAYS": Basis("length of stay, centre, days"),
    "EMBOLISED_HB": Basis("haemangioblastoma embolised"),
    "DURAPLASTY": Basis("duraplasty"),
    "PERCENT_KNOWN": Basis("percentage of resection is delivered"),
    "_PERCENT": Basis("limits of the bands of extent, percent", technical=True),
    "RADIATION": Basis(
        "radiotherapy, one of",
        (("1", "2", "3"), ("Gy", "fractions")),
        note="cord DMG mean 47 Gy in 23 fractions (PMID 38342826)",
    ),
    "RADIATION_FIELD": Basis("field", (("local", "spinal_axis", "craniospinal"),)),
    "AGENTS": Basis(
        "drug", (("temozolomide", "bevacizumab", "carboplatin", "lomustine", "other"),)
    ),
    "IN_TRIAL": Basis("in a trial"),
    "STOPPED": Basis("course", (("completed", "toxicity", "progression", "unknown"),)),
    "PROGRESSION_KIND": Basis("progression", (("local", "distant_cns", "leptomeningeal"),)),
    "KI67_MEAN": Basis("Ki-67, centre, percent, by grade", (("1", "2", "3", "4"),)),
    "CODED_MORPHOLOGY": Basis("ICD-O-3 morphology is delivered"),
    "REVIEWED": Basis("centrally reviewed"),
    "HIGH_GRADE_SIGNS": Basis(
        "necrosis, microvascular proliferation", (("grade 3 and 4", "below"),)
    ),
    "CLASSIFIED": Basis("methylation class, of those tested since 2021"),
    "_TESTED": Basis("markers tested in gliomas", (PERIODS,)),
    "_ALTERED": Basis("marker altered where tested, by type"),
    "_ELSEWHERE": Basis("marker altered where tested, other types"),
    "MOST_SITES": Basis("largest number of sites", technical=True),
    "_GTR": Basis("place of gtr in its vocabulary", technical=True),
    "_UNKNOWN": Basis("place of unknown in its vocabulary", technical=True),
    "GLIOMAS": Basis("groups that are gliomas, by place", technical=True),
}

#: The chapters of the page, each with its constants; a name occurs once.
BASES: dict[str, dict[str, Basis]] = {
    "Sites and people": _PEOPLE,
    "Tumours": _TUMOURS,
    "Signs, readers and measurements": _SIGNS,
    "What was acquired and reported": _IMAGING,
    "Surgery": _SURGERY,
    "Function": _FUNCTION,
    "Course": _COURSE,
    "Minor columns and technical numbers": _DETAILS,
}
