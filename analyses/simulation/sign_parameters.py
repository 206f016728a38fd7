"""The numbers behind the simulated images: signs, sequences, readers, measurements.

Belongs here: share of each sign per group, agreement of readers, what was acquired when, with
source (E) or the word assumption (A).
Does not belong here: people, surgery and course (`analyses.simulation.parameters`), drawing.
Tuples follow `parameters.GROUPS`; a number without a label is an assumption.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sign:
    """Share present per group; odds ratio by growth; share of reads that are drawn afresh."""

    share: tuple[float, ...]
    growth_odds: float = 1.0
    #: Kappa of two reads is about (1 - reread) squared, more where groups differ much: margin and
    #: cap sign were set by trial. The targets are A; 0.163 gives about .70
    reread: float = 0.163


#: Shares marked well_defined, central, diffuse: the first value of that field. Order of groups:
#: EPN, SUB, PA, LGA, HGA, HB, CAV, GG, OTH.
SIGNS: dict[str, Sign] = {
    # E: EPN, LGA, HGA, HB (J Neuroradiol 1995;22:28), PA between she2019 and Muto 2023; kappa .6
    "margin": Sign((0.78, 0.50, 0.60, 0.14, 0.25, 0.95, 0.90, 0.50, 0.50), 6.0, 0.40),
    # E: EPN (106/106, kept below 1), SUB, PA, HB; kappa .75
    "axial_location": Sign((0.95, 0.27, 0.38, 0.45, 0.40, 0.33, 0.30, 0.35, 0.35), 1.5, 0.134),
    # E: EPN, SUB (Yuh 2018), PA, HB; astrocytic pooled .79; kappa .8
    "enhancement_degree": Sign((0.98, 0.40, 0.95, 0.70, 0.85, 0.99, 0.20, 0.80, 0.80), 1.0, 0.106),
    # E: EPN, LGA, HGA (snu2010); kappa .8
    "enhancement_extent": Sign((0.94, 0.50, 0.30, 0.53, 0.53, 0.95, 0.50, 0.50, 0.50), 1.5, 0.106),
    # E: EPN, PA, LGA, HGA (snu2010)
    "t2_high_at_enhancing_part": Sign((0.46, 0.6, 0.80, 0.80, 0.80, 0.7, 0.5, 0.8, 0.8)),
    # E: EPN, PA; kappa .5; times 1.3 on T2* or SWI
    "cap_sign": Sign((0.29, 0.03, 0.08, 0.03, 0.03, 0.05, 0.20, 0.02, 0.02), 1.0, 0.36),
    # E: EPN (between jcn1999 and others), PA
    "haemorrhage": Sign((0.25, 0.05, 0.15, 0.04, 0.06, 0.08, 0.90, 0.04, 0.04)),
    # E: EPN
    "oedema": Sign((0.85, 0.30, 0.40, 0.40, 0.70, 0.70, 0.30, 0.05, 0.05)),
    # E: all but SUB and CAV; doubtful for EPN (spine2018); kappa .65
    "intratumoural_cyst": Sign((0.17, 0.10, 0.60, 0.21, 0.21, 0.03, 0.02, 0.46, 0.46), 1.0, 0.194),
    "cord_expansion": Sign((0.98, 0.93, 0.97, 0.95, 0.95, 0.90, 0.60, 0.96, 0.93)),
    "exophytic_component": Sign((0.08, 0.10, 0.10, 0.08, 0.10, 0.30, 0.15, 0.10, 0.10)),
    "calcification": Sign((0.05, 0.08, 0.10, 0.05, 0.04, 0.01, 0.25, 0.35, 0.15)),
    "flow_voids": Sign((0.05, 0.02, 0.02, 0.02, 0.06, 0.75, 0.03, 0.02, 0.02)),
    "diffusion_restriction": Sign((0.10, 0.08, 0.05, 0.08, 0.45, 0.05, 0.05, 0.08, 0.15)),
    "leptomeningeal_spread": Sign((0.01, 0.005, 0.03, 0.02, 0.10, 0.005, 0.0, 0.02, 0.05)),
    "bone_erosion": Sign((0.10, 0.08, 0.10, 0.06, 0.05, 0.04, 0.01, 0.15, 0.08)),
    # of adults; children +1.2 on the logit
    "scoliosis": Sign((0.08, 0.06, 0.15, 0.10, 0.08, 0.06, 0.03, 0.20, 0.10)),
}
SCOLIOSIS_CHILD = 1.2
CAP_ON_T2STAR = 1.3
#: Haemorrhage where a cap is seen, at least; the rest of the group is lowered to keep its share.
HAEMORRHAGE_WITH_CAP = 0.5

#: Cavity: strict, with_hydromyelia, any. EPN E (strict doubtful), PA E, LGA and HGA any E, HB E
CAVITY: tuple[tuple[float, float, float], ...] = (
    (0.10, 0.58, 0.92),
    (0.05, 0.10, 0.20),
    (0.15, 0.46, 0.55),
    (0.05, 0.15, 0.25),
    (0.05, 0.15, 0.25),
    (0.50, 0.94, 0.97),
    (0.02, 0.05, 0.08),
    (0.10, 0.30, 0.40),
    (0.10, 0.30, 0.40),
)
#: Polar cyst, always within any cavity. E: EPN (doubtful), PA, LGA, HGA, HB
POLAR_CYST = (0.61, 0.10, 0.30, 0.21, 0.21, 0.33, 0.03, 0.20, 0.20)
REREAD_CAVITY = 0.194  # kappa .65

#: homogeneous, heterogeneous, rim, nodular, patchy, if enhancing. E: EPN, PA; rest A
PATTERN = (
    (0.50, 0.27, 0.17, 0.06, 0.0),
    (0.30, 0.40, 0.10, 0.10, 0.10),
    (0.15, 0.15, 0.05, 0.55, 0.10),
    (0.05, 0.60, 0.05, 0.10, 0.20),
    (0.05, 0.70, 0.15, 0.05, 0.05),
    (0.80, 0.05, 0.05, 0.10, 0.0),
    (0.20, 0.30, 0.10, 0.10, 0.30),
    (0.10, 0.40, 0.10, 0.20, 0.20),
    (0.10, 0.40, 0.10, 0.20, 0.20),
)
#: mild, marked, present_unspecified, if enhancing. A
DEGREE = (0.38, 0.54, 0.08)
#: eccentric, unilateral, whole_section, if not central. A
NOT_CENTRAL = (0.55, 0.30, 0.15)
#: T1 isointense, T2 hyperintense. E: EPN, PA; rest A
T1_ISO = (0.81, 0.6, 0.15, 0.4, 0.4, 0.6, 0.3, 0.4, 0.4)
#: As above. E: EPN, PA; rest A
T2_HIGH = (0.85, 0.9, 0.85, 0.9, 0.9, 0.8, 0.5, 0.9, 0.9)
#: What the rest is: T1 hypointense, hyperintense, mixed; T2 isointense, hypointense, mixed. A
T1_REST = (0.65, 0.10, 0.25)
T2_REST = (0.35, 0.20, 0.45)

#: ADC mean and sd (1e-6 mm2/s). PA E (n=3), rest A; cavernoma is not measured
ADC = (
    (1100.0, 200.0),
    (1200.0, 200.0),
    (1400.0, 280.0),
    (1300.0, 250.0),
    (900.0, 200.0),
    (1500.0, 300.0),
    (float("nan"), 1.0),
    (1300.0, 250.0),
    (1300.0, 250.0),
)
CHOLINE = (
    (1.8, 0.6),
    (1.2, 0.4),
    (1.5, 0.5),
    (1.5, 0.5),
    (3.0, 1.0),
    (float("nan"), 1.0),
    (float("nan"), 1.0),
    (1.3, 0.4),
    (1.3, 0.4),
)

#: Acquired in before_1995, 1995_2004, 2005_2014, 2015_2020, 2021_on. A
ACQUIRED: dict[str, tuple[float, ...]] = {
    "t1": (1.0, 1.0, 1.0, 1.0, 1.0),
    "t2": (0.95, 1.0, 1.0, 1.0, 1.0),
    "stir": (0.05, 0.20, 0.20, 0.45, 0.45),
    "t2star_gre": (0.05, 0.25, 0.25, 0.45, 0.45),
    "swi": (0.0, 0.05, 0.05, 0.25, 0.25),
    "t1_post_contrast": (0.75, 0.95, 0.95, 0.97, 0.97),
    "dwi": (0.0, 0.15, 0.15, 0.40, 0.40),
    "dti": (0.0, 0.05, 0.05, 0.15, 0.15),
    "mrs": (0.0, 0.03, 0.03, 0.05, 0.05),
    "perfusion": (0.0, 0.01, 0.01, 0.04, 0.04),
    "3d_t2": (0.0, 0.05, 0.05, 0.20, 0.20),
}
CT = (0.40, 0.25, 0.25, 0.20, 0.20)
CT_MYELOGRAPHY = (0.15, 0.04, 0.02, 0.01, 0.005)  # of those CT studies: A
AXIAL_SERIES = (0.6, 0.9, 0.9, 0.97, 0.97)
CONTRAINDICATED = 0.015
NO_PREOPERATIVE_MR = 0.04
OLD_MR_ONLY = 0.04  # older than 180 days
NOT_DIAGNOSTIC = 0.01  # of acquired sequences other than T1
FIELD_STRENGTH = (0.5, 1.0, 1.5, 3.0)
FIELD_SHARE = (
    (0.35, 0.35, 0.30, 0.0),
    (0.05, 0.20, 0.75, 0.0),
    (0.0, 0.05, 0.75, 0.20),
    (0.0, 0.0, 0.55, 0.45),
    (0.0, 0.0, 0.40, 0.60),
)

# --- readers -----------------------------------------------------------------------------------

TWO_READERS = 0.40
SECOND_ROUND = 0.05
INDETERMINATE = 0.02
NOT_REPORTED = 0.05
NOT_REPORTED_REPORT_TEXT = 0.30
NOT_REPORTED_HIGH_GRADE_ODDS = 1.5
SITE_INTERCEPT_SD = 0.4
UNSPECIFIED_SYRINX_REPORT_TEXT = 0.25
