"""The numbers behind the minor columns of the simulated registry.

Belongs here: what no published series of the evidence files reports; every number is A.
Does not belong here: what outcomes hang on (`parameters`), signs (`sign_parameters`).
"""

#: How a syndrome is known: genetic, clinical, family, unknown. A
SYNDROME_BASIS = (0.60, 0.25, 0.10, 0.05)
#: ASA grade 1 to 4, and how often it is delivered. A
ASA = (0.15, 0.55, 0.27, 0.03)
ASA_KNOWN = 0.80
#: cervical, thoracic, thoracolumbar beside the tumour; whole_spine, neuraxis in place of it. A
WHOLE_SPINE = (0.25, 0.10)
SLICE_THICKNESS_MM = (2.0, 3.0, 4.0)
#: ADC of normal cord, 1e-6 mm2/s. A
ADC_OF_CORD = 950.0
B_MAX = (600, 800, 1000)
#: A read before surgery by a reader who did not know histology or course. A
BLINDED = 0.80
READER_YEARS = (4.0, 12.0, 20.0)
#: Over 67, 34 to 67, 6 to 33, under 6 percent of an enhancing tumour. A
ENHANCING_PROPORTION = (0.45, 0.30, 0.20, 0.05)
#: DTI fibre type 1, 2, 3 of displacing, then of infiltrating tumours. A
DTI_FIBRES = ((0.60, 0.30, 0.10), (0.10, 0.40, 0.50))
#: The first guess is the right group. A
RIGHT_FIRST = 0.65
#: Laminectomy, laminoplasty, hemilaminectomy. A
APPROACH = (0.62, 0.28, 0.10)
#: No alarm, transient, persistent, where monitored. A
ALARM = (0.70, 0.20, 0.10)
STOPPED_AFTER_ALARM = 0.35
#: CSF leak, wound infection, haematoma, respiratory failure, thromboembolism. A
COMPLICATIONS = (0.06, 0.03, 0.02, 0.01, 0.02)
BLOOD_LOSS_ML = 250.0
DURATION_MIN = 210.0
STAY_DAYS = 8.0
EMBOLISED_HB = 0.15
DURAPLASTY = 0.25
PERCENT_KNOWN = 0.40
#: Dose in Gy, fractions, field of radiotherapy: local, spinal axis, craniospinal. A; cord DMG mean
#: 47 Gy in 23 fractions (PMID 38342826)
RADIATION = ((50.4, 28), (45.0, 25), (54.0, 30))
RADIATION_FIELD = (0.85, 0.10, 0.05)
#: Temozolomide, bevacizumab, carboplatin, lomustine, other. A
AGENTS = (0.55, 0.12, 0.18, 0.08, 0.07)
IN_TRIAL = 0.08
#: Completed, toxicity, progression, unknown. A
STOPPED = (0.75, 0.06, 0.10, 0.09)
#: Local, distant CNS, leptomeningeal progression. A
PROGRESSION_KIND = (0.80, 0.12, 0.08)
KI67_MEAN = (2.0, 4.0, 15.0, 30.0)
CODED_MORPHOLOGY = 0.70
REVIEWED = 0.25
#: Necrosis and microvascular proliferation in grade 3 and 4, and below. A
HIGH_GRADE_SIGNS = (0.55, 0.05)
#: Tumours with a methylation class, of those tested since 2021. A
CLASSIFIED = 0.35
