"""The numbers behind the simulated images: signs, sequences, readers, measurements.

Belongs here: share of each sign per group, agreement of readers, what was acquired when.
Does not belong here: people, surgery and course (`analyses.simulation.parameters`), drawing; what
a number rests on (`analyses.simulation.bases`). Tuples follow `parameters.GROUPS`.
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
    "margin": Sign((0.78, 0.50, 0.60, 0.14, 0.25, 0.95, 0.90, 0.50, 0.50), 6.0, 0.40),
    "axial_location": Sign((0.95, 0.27, 0.38, 0.45, 0.40, 0.33, 0.30, 0.35, 0.35), 1.5, 0.134),
    "enhancement_degree": Sign((0.98, 0.40, 0.95, 0.70, 0.85, 0.99, 0.20, 0.80, 0.80), 1.0, 0.106),
    "enhancement_extent": Sign((0.94, 0.50, 0.30, 0.53, 0.53, 0.95, 0.50, 0.50, 0.50), 1.5, 0.106),
    "t2_high_at_enhancing_part": Sign((0.46, 0.6, 0.80, 0.80, 0.80, 0.7, 0.5, 0.8, 0.8)),
    "cap_sign": Sign((0.29, 0.03, 0.08, 0.03, 0.03, 0.05, 0.20, 0.02, 0.02), 1.0, 0.36),
    "haemorrhage": Sign((0.25, 0.05, 0.15, 0.04, 0.06, 0.08, 0.90, 0.04, 0.04)),
    "oedema": Sign((0.85, 0.30, 0.40, 0.40, 0.70, 0.70, 0.30, 0.05, 0.05)),
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
HAEMORRHAGE_WITH_CAP = 0.5

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
POLAR_CYST = (0.61, 0.10, 0.30, 0.21, 0.21, 0.33, 0.02, 0.20, 0.20)
REREAD_CAVITY = 0.194

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
DEGREE = (0.38, 0.54, 0.08)
NOT_CENTRAL = (0.55, 0.30, 0.15)
T1_ISO = (0.81, 0.6, 0.15, 0.4, 0.4, 0.6, 0.3, 0.4, 0.4)
T2_HIGH = (0.85, 0.9, 0.85, 0.9, 0.9, 0.8, 0.5, 0.9, 0.9)
T1_REST = (0.65, 0.10, 0.25)
T2_REST = (0.35, 0.20, 0.45)

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
CT_MYELOGRAPHY = (0.15, 0.04, 0.02, 0.01, 0.005)
AXIAL_SERIES = (0.6, 0.9, 0.9, 0.97, 0.97)
CONTRAINDICATED = 0.015
NO_PREOPERATIVE_MR = 0.04
OLD_MR_ONLY = 0.04
NOT_DIAGNOSTIC = 0.01
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
