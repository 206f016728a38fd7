"""The numbers behind the simulated registry: case mix, tumours, surgery, course.

Belongs here: every number of the generator about people, tumours and outcomes, with its source (E)
or the word assumption (A).
Does not belong here: what is seen on images (`analyses.simulation.sign_parameters`), drawing.
Source labels are those of the evidence files; a number without a label is an assumption.
"""

from dataclasses import dataclass

#: Groups in which tumours are drawn, in the order of every tuple below. `OTH` (other neoplasm) is
#: drawn like ganglioglioma (A).
GROUPS = ("EPN", "SUB", "PA", "LGA", "HGA", "HB", "CAV", "GG", "OTH")
EPN, SUB, PA, LGA, HGA, HB, CAV, GG, OTH = range(9)
GLIOMAS = (EPN, SUB, PA, LGA, HGA, GG)

PERIODS = ("before_1995", "1995_2004", "2005_2014", "2015_2020", "2021_on")


@dataclass(frozen=True)
class Settings:
    """Switches of the generator; the defaults are those of the shipped demo.

    `kind` draws every site from one kind; `site_effects` off removes reader habits, scanner gain,
    surgeon-called resections and the original McCormick version; `h3_hazard_ratio` is the effect of
    an H3 K27 alteration on death (the literature contradicts itself: 0.7 to 1.8).
    """

    kind: str | None = None
    site_effects: bool = True
    h3_hazard_ratio: float = 1.0


# --- sites -------------------------------------------------------------------------------------

#: Shares of EPN, astrocytic, HB, CAV, SUB, GG, OTH among adults (paediatric: among children).
MIX: dict[str, tuple[float, ...]] = {
    # E endo2022; SUB E (26 of 1,033), GG A
    "national": (0.35, 0.16, 0.19, 0.16, 0.025, 0.01, 0.105),
    # E ncdb2025
    "registry": (0.83, 0.09, 0.08, 0.0, 0.0, 0.0, 0.0),
    # E Cancers 16:2360
    "paediatric": (0.12, 0.41, 0.02, 0.0, 0.0, 0.27, 0.18),
    # A
    "glioma_referral": (0.45, 0.40, 0.05, 0.05, 0.025, 0.025, 0.0),
}
#: PA, LGA, HGA within astrocytic. Adults: PA E (18 of 168, Muto 2023), the rest A; children A.
ASTROCYTIC_ADULT = (0.11, 0.42, 0.47)
ASTROCYTIC_CHILD = (0.40, 0.30, 0.30)
#: Under 18 at sites that are not paediatric. A
CHILD_SHARE = 0.08

#: Kinds and relative sizes of the sites, cycling from the seventh on. A
SITE_KINDS = ("national", "registry", "national", "glioma_referral", "paediatric", "national")
SITE_WEIGHTS = (20, 8, 5, 3, 2, 1)
SYRINX_CYCLE = ("strict", "with_hydromyelia", "any_cavity")
READING_MODES = (
    "double_independent",
    "report_text",
    "consensus",
    "double_independent",
    "consensus",
    "double_independent",
)
EOR_BASES = ("postoperative_mri", "surgeon", "both", "postoperative_mri", "both", "surgeon")
#: The one site (by place) that uses the original McCormick grades. A
ORIGINAL_MCCORMICK_SITE = 4

# --- people ------------------------------------------------------------------------------------

#: Share of each period at a site. A
PERIOD_SHARE = (0.05, 0.15, 0.30, 0.30, 0.20)
#: E klekamp2015 (EPN), SUB, PA (Muto 2023), HGA (PMID 38342826); rest A
AGE_MEAN = (44.0, 49.0, 31.0, 35.0, 32.0, 40.0, 45.0, 15.0, 15.0)
AGE_SD = (15.0, 15.0, 20.0, 18.0, 18.0, 15.0, 15.0, 10.0, 10.0)
#: SUB, PA, HGA E; rest A
MALE = (0.55, 0.65, 0.50, 0.55, 0.61, 0.55, 0.45, 0.50, 0.50)
#: NF2 in EPN E klekamp2015; VHL in HB E neurosurgerywiki; NF1, familial cavernoma A
SYNDROMES: dict[int, tuple[str, float]] = {
    EPN: ("nf2", 0.08),
    HB: ("vhl", 0.33),
    PA: ("nf1", 0.05),
    LGA: ("nf1", 0.05),
    CAV: ("familial_ccm", 0.05),
}
#: Of two successive VHL cases of a site, how often they are one patient. A
SAME_PATIENT = 0.60
INCIDENTAL = (0.03, 0.10, 0.02, 0.02, 0.0, 0.12, 0.15, 0.04, 0.04)  # A
RECURRENT = 0.06  # A
#: Months from first symptom: mean and sd. EPN E klekamp2015, rest A
DURATION_MEAN = (35.0, 40.0, 20.0, 18.0, 8.0, 25.0, 18.0, 20.0, 15.0)
DURATION_SD = (49.0, 45.0, 25.0, 20.0, 10.0, 30.0, 25.0, 25.0, 20.0)
#: Log odds of a symptom: at grade 1, and per grade of the McCormick scale. A
SYMPTOMS: dict[str, tuple[float, float]] = {
    "pain": (0.6, 0.0),
    "sensory": (0.0, 0.5),
    "motor": (-1.2, 1.1),
    "gait": (-1.8, 1.1),
    "sphincter": (-2.8, 0.8),
    "dysaesthesia": (-1.2, 0.3),
    "deformity": (-2.8, 0.1),
}

# --- tumours -----------------------------------------------------------------------------------

#: cervical, thoracic, conus. EPN E klekamp2015 (normed: the three sum to 1.02), others A
REGION_EPN = (0.47 / 1.02, 0.52 / 1.02, 0.03 / 1.02)
REGION_OTHER = (0.45, 0.50, 0.05)
#: Vertebral levels. EPN E (n=60), PA E, HGA median 3 E; rest A
SEGMENTS_MEAN = (3.7, 3.5, 4.7, 4.5, 3.3, 2.0, 1.5, 5.0, 5.0)
SEGMENTS_SD = (2.0, 2.0, 4.6, 2.5, 2.0, 1.0, 0.7, 3.0, 3.0)
DISPLACING = (0.92, 0.25, 0.45, 0.15, 0.05, 0.98, 0.98, 0.40, 0.40)  # A
H3_ALTERED = 0.75  # of HGA; E yiigle 1456242 (96 cases)

# --- surgery -----------------------------------------------------------------------------------

NOT_OPERATED = (0.015, 0.08, 0.03, 0.04, 0.04, 0.08, 0.12, 0.03, 0.03)  # A
WATCHED_FIRST = (0.015, 0.06, 0.03, 0.03, 0.0, 0.06, 0.08, 0.03, 0.0)  # A: operated later
#: Intent biopsy. HGA E (PMC7875841, as extent of resection), rest A
BIOPSY = (0.02, 0.06, 0.10, 0.25, 0.45, 0.005, 0.005, 0.08, 0.15)
#: Gross total among operated. EPN E yagi2023, SUB E, PA E, HGA E, HB E (53/54); rest A
GTR = (0.75, 0.23, 0.28, 0.20, 0.15, 0.95, 0.85, 0.40, 0.40)
#: Log odds of gross total. The growth term is set so that the crude odds ratio of displacing
#: against infiltrating is near 17.2 in the national mix (E klekamp2013); the rest A
GTR_GROWTH = 2.6
GTR_PER_SEGMENT = -0.15
GTR_EXPERIENCE = (0.0, 0.6, 1.2)
GTR_PER_PERIOD = 0.3
#: under_10, 10_to_50, over_50 by period. A
EXPERIENCE = (
    (0.65, 0.27, 0.08),
    (0.50, 0.33, 0.17),
    (0.30, 0.40, 0.30),
    (0.17, 0.38, 0.45),
    (0.10, 0.30, 0.60),
)
#: Log odds of motor potentials: constant, per period, per step of experience. It has no effect on
#: the extent of resection: the crude difference (.76 v .58 in PMC4075368) comes from both. A
IONM = (-4.6, 1.4, 2.0)
#: near_total, subtotal, partial, biopsy among resections that were not total. A
NOT_TOTAL = (0.28, 0.35, 0.30, 0.07)
SURGEON_CALLS_TOTAL = 0.10  # of near-total and subtotal where the surgeon judges. A
SECOND_SURGERY = 0.35  # of observed progressions. A

# --- function ----------------------------------------------------------------------------------

PREOPERATIVE_GRADE = (0.45, 0.33, 0.15, 0.05, 0.02)  # A; mean 1.86, published 1.76 (PMC4508749)
THORACIC_SHIFT = 0.3  # A, in grades
WORSE_AT_DISCHARGE = 0.227  # E endo2022
#: Month 6 against before surgery: better, worse; E endo2022
MONTH_6 = (0.275, 0.176)
#: Log odds of worsening per level: EPN E (1.74, J Neurooncol 2025), others A
WORSE_PER_LEVEL_EPN = 0.554
WORSE_PER_LEVEL_OTHER = 0.15
#: Log odds per level of ever getting better in EPN, set for a good grade at month 12 of 0.77
#: per level (E PMC4508749, n=106). A
BETTER_PER_LEVEL_EPN = -0.10
MISSING_GRADE = {"discharge": 0.05, "month_6": 0.118, "month_12": 0.20, "month_24": 0.35}

# --- course ------------------------------------------------------------------------------------

#: Death: cumulative hazard at the horizon (months) and Weibull shape. EPN E (OS .937 at 12 years),
#: HGA E (.657 at 1, .407 at 3 years), LGA E (median 46 months); rest A (OS at 10 years)
DEATH = (
    (0.0651, 144.0, 1.0),
    (0.1054, 120.0, 1.0),
    (0.1054, 120.0, 1.0),
    (0.6931, 46.0, 1.0),
    (0.4200, 12.0, 0.693),
    (0.0305, 120.0, 1.0),
    (0.0305, 120.0, 1.0),
    (0.1054, 120.0, 1.0),
    (0.2000, 120.0, 1.0),
)
#: Progression of the whole group, death apart: as above. EPN E (PFS .87 at 5, .80 at 10 years,
#: less death); LGA, HGA A (ahead of death); rest A (PFS at 5 years)
PROGRESSION = (
    (0.1120, 60.0, 0.59),
    (0.2350, 60.0, 1.0),
    (0.2350, 60.0, 1.0),
    (0.8000, 36.0, 1.0),
    (0.9000, 12.0, 0.8),
    (0.0410, 60.0, 1.0),
    (0.0410, 60.0, 1.0),
    (0.2350, 60.0, 1.0),
    (0.2350, 60.0, 1.0),
)
PROGRESSION_HR_NOT_TOTAL = 2.5  # A
LOST_PER_YEAR = 0.08  # A
#: Years of possible follow-up by period: lowest and highest. A
FOLLOWED_YEARS = ((12.0, 19.0), (12.0, 19.0), (8.0, 18.0), (4.0, 10.0), (0.3, 4.0))
#: Planned contacts in years: the gap doubles after year 5. A
VISITS = (0.25, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0)
#: Adjuvant radiotherapy and drugs after surgery, by group; radiotherapy after GTR is rarer. A
RADIOTHERAPY = (0.30, 0.05, 0.15, 0.45, 0.80, 0.02, 0.0, 0.08, 0.25)
CHEMOTHERAPY = (0.02, 0.0, 0.10, 0.20, 0.60, 0.0, 0.0, 0.05, 0.10)
