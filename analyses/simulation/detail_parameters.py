"""The numbers behind the minor columns of the simulated registry.

Belongs here: what no published series of the evidence files reports; every number is assumed.
Does not belong here: what outcomes hang on (`parameters`), signs (`sign_parameters`), what a
number is (`bases`).
"""

SYNDROME_BASIS = (0.60, 0.25, 0.10, 0.05)
ASA = (0.15, 0.55, 0.27, 0.03)
ASA_KNOWN = 0.80
ENTERED_LATE = 0.30
ENTRY_DAYS = (60, 1100)
WHOLE_SPINE = (0.25, 0.10)
SLICE_THICKNESS_MM = (2.0, 3.0, 4.0)
ADC_OF_CORD = 950.0
B_MAX = (600, 800, 1000)
BLINDED = 0.80
READER_YEARS = (4.0, 12.0, 20.0)
ENHANCING_PROPORTION = (0.45, 0.30, 0.20, 0.05)
DTI_FIBRES = ((0.60, 0.30, 0.10), (0.10, 0.40, 0.50))
RIGHT_FIRST = 0.65
APPROACH = (0.62, 0.28, 0.10)
ALARM = (0.70, 0.20, 0.10)
STOPPED_AFTER_ALARM = 0.35
COMPLICATIONS = (0.06, 0.03, 0.02, 0.01, 0.02)
BLOOD_LOSS_ML = 250.0
DURATION_MIN = 210.0
STAY_DAYS = 8.0
EMBOLISED_HB = 0.15
DURAPLASTY = 0.25
PERCENT_KNOWN = 0.40
RADIATION = ((50.4, 28), (45.0, 25), (54.0, 30))
RADIATION_FIELD = (0.85, 0.10, 0.05)
AGENTS = (0.55, 0.12, 0.18, 0.08, 0.07)
IN_TRIAL = 0.08
STOPPED = (0.75, 0.06, 0.10, 0.09)
PROGRESSION_KIND = (0.80, 0.12, 0.08)
KI67_MEAN = (2.0, 4.0, 15.0, 30.0)
CODED_MORPHOLOGY = 0.70
REVIEWED = 0.25
HIGH_GRADE_SIGNS = (0.55, 0.05)
CLASSIFIED = 0.35
