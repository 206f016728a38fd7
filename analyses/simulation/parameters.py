"""The numbers behind the simulated registry: case mix, tumours, surgery, course.

Belongs here: every number of the generator about people, tumours and outcomes.
Does not belong here: what is seen on images (`analyses.simulation.sign_parameters`), drawing; what
a number is and rests on, value by value (`analyses.simulation.bases`).
"""

from dataclasses import dataclass

#: Groups in which tumours are drawn, in the order of every tuple below. `OTH` (other neoplasm) is
#: drawn like ganglioglioma.
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

MIX: dict[str, tuple[float, ...]] = {
    "national": (0.35, 0.16, 0.19, 0.16, 0.025, 0.01, 0.105),
    "registry": (0.83, 0.09, 0.08, 0.0, 0.0, 0.0, 0.0),
    "paediatric": (0.12, 0.41, 0.02, 0.0, 0.0, 0.27, 0.18),
    "glioma_referral": (0.45, 0.40, 0.05, 0.05, 0.025, 0.025, 0.0),
}
ASTROCYTIC_ADULT = (0.11, 0.42, 0.47)
ASTROCYTIC_CHILD = (0.40, 0.30, 0.30)
CHILD_SHARE = 0.08

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
ORIGINAL_MCCORMICK_SITE = 4

# --- people ------------------------------------------------------------------------------------

PERIOD_SHARE = (0.05, 0.15, 0.30, 0.30, 0.20)
AGE_MEAN = (44.0, 49.0, 31.0, 35.0, 32.0, 40.0, 45.0, 15.0, 15.0)
AGE_SD = (15.0, 15.0, 20.0, 18.0, 18.0, 15.0, 15.0, 10.0, 10.0)
MALE = (0.55, 0.65, 0.50, 0.55, 0.61, 0.55, 0.45, 0.50, 0.50)
SYNDROMES: dict[int, tuple[str, float]] = {
    EPN: ("nf2", 0.08),
    HB: ("vhl", 0.33),
    PA: ("nf1", 0.05),
    LGA: ("nf1", 0.05),
    CAV: ("familial_ccm", 0.05),
}
SAME_PATIENT = 0.60
INCIDENTAL = (0.03, 0.10, 0.02, 0.02, 0.0, 0.12, 0.15, 0.04, 0.04)
RECURRENT = 0.06
DURATION_MEAN = (35.0, 40.0, 20.0, 18.0, 8.0, 25.0, 18.0, 20.0, 15.0)
DURATION_SD = (49.0, 45.0, 25.0, 20.0, 10.0, 30.0, 25.0, 25.0, 20.0)
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

REGION_EPN = (0.47 / 1.02, 0.52 / 1.02, 0.03 / 1.02)
REGION_OTHER = (0.45, 0.50, 0.05)
SEGMENTS_MEAN = (3.7, 3.5, 4.7, 4.5, 3.3, 2.0, 1.5, 5.0, 5.0)
SEGMENTS_SD = (2.0, 2.0, 4.6, 2.5, 2.0, 1.0, 0.7, 3.0, 3.0)
DISPLACING = (0.92, 0.25, 0.45, 0.15, 0.05, 0.98, 0.98, 0.40, 0.40)
H3_ALTERED = 0.75

# --- surgery -----------------------------------------------------------------------------------

NOT_OPERATED = (0.015, 0.08, 0.03, 0.04, 0.04, 0.08, 0.12, 0.03, 0.03)
WATCHED_FIRST = (0.015, 0.06, 0.03, 0.03, 0.0, 0.06, 0.08, 0.03, 0.0)
BIOPSY = (0.02, 0.06, 0.10, 0.25, 0.45, 0.005, 0.005, 0.08, 0.15)
GTR = (0.75, 0.23, 0.28, 0.20, 0.15, 0.95, 0.85, 0.40, 0.40)
GTR_GROWTH = 2.6
GTR_PER_SEGMENT = -0.15
GTR_EXPERIENCE = (0.0, 0.6, 1.2)
GTR_PER_PERIOD = 0.3
EXPERIENCE = (
    (0.65, 0.27, 0.08),
    (0.50, 0.33, 0.17),
    (0.30, 0.40, 0.30),
    (0.17, 0.38, 0.45),
    (0.10, 0.30, 0.60),
)
IONM = (-4.6, 1.4, 2.0)
NOT_TOTAL = (0.28, 0.35, 0.30, 0.07)
SURGEON_CALLS_TOTAL = 0.10
SECOND_SURGERY = 0.35

# --- function ----------------------------------------------------------------------------------

PREOPERATIVE_GRADE = (0.45, 0.33, 0.15, 0.05, 0.02)
THORACIC_SHIFT = 0.3
WORSE_AT_DISCHARGE = 0.227
MONTH_6 = (0.275, 0.176)
WORSE_PER_LEVEL_EPN = 0.554
WORSE_PER_LEVEL_OTHER = 0.15
BETTER_PER_LEVEL_EPN = -0.10
MISSING_GRADE = {"discharge": 0.05, "month_6": 0.118, "month_12": 0.20, "month_24": 0.35}
#: Who is dead, lost or not followed so far at month 6 is missing too: a part of the share above.
NOT_REACHED_MONTH_6 = 0.078

# --- course ------------------------------------------------------------------------------------

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
PROGRESSION_HR_NOT_TOTAL = 2.5
LOST_PER_YEAR = 0.08
FOLLOWED_YEARS = ((12.0, 19.0), (12.0, 19.0), (8.0, 18.0), (4.0, 10.0), (0.3, 4.0))
VISITS = (0.25, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0, 11.0, 13.0, 15.0, 17.0, 19.0)
RADIOTHERAPY = (0.30, 0.05, 0.15, 0.45, 0.80, 0.02, 0.0, 0.08, 0.25)
CHEMOTHERAPY = (0.02, 0.0, 0.10, 0.20, 0.60, 0.0, 0.0, 0.05, 0.10)
