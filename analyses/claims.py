"""The claim ledger: 24 statements about intramedullary tumours, each with what data could show.

Belongs here: the claims in own words, the columns and the statistics each rests on, the bound
that decides, what the literature says.
Does not belong here: the rules of the verdicts (`analyses.claim_rules`), computing them.
Source: clinical specification, part (e). Labels of studies are those of
`assets/data/evidence/SOURCES.md`; other sources are given in full.
"""

from analyses.claim_rules import Claim, Finding, Statistic

_HISTOLOGY = "pathology.histology"
_V_ASTROCYTIC = "odds ratio, ependymoma v astrocytic tumours"
_ADDED = "clinical and imaging predictors less clinical ones alone"

CLAIMS: tuple[Claim, ...] = (
    Claim(
        "C01",
        "Ependymoma is the commonest intramedullary tumour of adults.",
        (_HISTOLOGY, "cases.age_years"),
        (
            Statistic(
                "share of ependymoma less that of the next group, age 18 and over", "V2", bound=0
            ),
        ),
        (
            Finding("34.9 % v 19.0 % of 1,033, all ages", "endo2022"),
            Finding("83.4 %, registry coding, doubtful", "ncdb2025"),
            Finding("43.8 % of 48", "Bordeaux series, neurospine 1249"),
        ),
        "Holds so far; how large the share is depends on the site.",
    ),
    Claim(
        "C02",
        "In children astrocytoma prevails.",
        (_HISTOLOGY, "cases.age_years"),
        (
            Statistic("odds ratio, astrocytic v ependymoma, under 18 v adults", "V1"),
            Statistic("share of astrocytic less that of ependymoma, under 18", "V2", bound=0),
        ),
        (
            Finding("41 % v 12 % in a review", "Cancers 16:2360"),
            Finding(
                "39 % of astrocytomas and 4 % of ependymomas were aged 0 to 20",
                "J Neuroradiol 1995;22:28",
            ),
            Finding("52.8 % ependymoma in a series of 36 children", "neurosurgerywiki"),
        ),
        "One series of children says the opposite.",
    ),
    Claim(
        "C03",
        "On T1 the tumours are iso- to hypointense.",
        ("imaging_reads.t1_signal",),
        (Statistic("share isointense or hypointense", "V2", bound=0.80),),
        (
            Finding("isointense in 81 % of 47 ependymomas", "koreamed 1087811"),
            Finding("isointense or hypointense in 59 of 59 ependymomas", "spine2018"),
        ),
        "Blood, fat and melanin are bright on T1, and they are in the denominator.",
    ),
    Claim(
        "C04",
        "On T2 the tumours are hyperintense.",
        ("imaging_reads.t2_signal",),
        (Statistic("share hyperintense", "V2", bound=0.70),),
        (
            Finding("55 of 59 ependymomas", "spine2018"),
            Finding("72 % of 47 ependymomas", "koreamed 1087811"),
        ),
        "True of most lesions of the cord, and so of no use for telling them apart.",
    ),
    Claim(
        "C05",
        "A sharp margin points to ependymoma, an ill-defined one to astrocytoma.",
        ("imaging_reads.margin", _HISTOLOGY),
        (Statistic(f"{_V_ASTROCYTIC}, well-defined margin (Firth)", "V1"),),
        (
            Finding("13 of 15 ependymomas v 0 of 10 astrocytomas (separation)", "snu1997"),
            Finding("77 % of 60 ependymomas", "PMID 14569827"),
            Finding(
                "70 % of ependymomas, 40 % of high-grade and 14 % of low-grade astrocytomas",
                "J Neuroradiol 1995;22:28",
            ),
            Finding("pilocytic astrocytoma is sharp too: 11 of 13", "she2019"),
            Finding("pilocytic astrocytoma mostly unclear, n = 18", "Muto 2023, Neurospine 20(3)"),
        ),
        "Pilocytic astrocytoma belongs to the astrocytic group and may be as sharp as ependymoma.",
    ),
    Claim(
        "C06",
        "Homogeneous enhancement points to ependymoma.",
        ("imaging_reads.enhancement_pattern", _HISTOLOGY),
        (Statistic(f"{_V_ASTROCYTIC}, homogeneous pattern (Firth)", "V1"),),
        (
            Finding("9 of 13 ependymomas v 0 of 10 astrocytomas", "snu1997"),
            Finding("27 of 59 ependymomas only", "spine2018"),
            Finding("heterogeneous in 50 % of 47 ependymomas", "koreamed 1087811"),
            Finding("homogeneous enhancement not seen", "J Neuroradiol 1995;22:28"),
        ),
        "Specific, not sensitive.",
    ),
    Claim(
        "C07",
        "Astrocytoma enhances heterogeneously.",
        ("imaging_reads.enhancement_pattern", "imaging_reads.enhancement_degree", _HISTOLOGY),
        (
            Statistic(
                "odds ratio, astrocytic tumours v ependymoma, heterogeneous or patchy among those "
                "that enhance",
                "V1",
            ),
        ),
        (
            Finding("10 of 10 astrocytomas", "snu1997"),
            Finding("diffuse in 8 of 15 astrocytomas v 23 of 24 ependymomas", "snu2010"),
        ),
        "Studies describe pattern or extent, seldom both.",
    ),
    Claim(
        "C08",
        "The pattern of enhancement narrows the differential diagnosis.",
        (
            "cases.age_years",
            "imaging_reads.margin",
            "imaging_reads.axial_location",
            "imaging_reads.polar_cyst",
            "imaging_reads.intratumoural_cyst",
            "imaging_reads.syrinx",
            "imaging_reads.enhancement_degree",
            "imaging_reads.enhancement_pattern",
            _HISTOLOGY,
        ),
        (
            Statistic(
                "AUC of age, margin, location and cysts with the enhancement columns less without",
                "V4",
            ),
        ),
        (Finding("any enhancement 24 of 24 v 15 of 19, p = 0.031", "snu2010"),),
        "A difference between groups is no added value; none has been published.",
    ),
    Claim(
        "C09",
        "Ependymoma lies centrally in the cord.",
        ("imaging_reads.axial_location", _HISTOLOGY),
        (Statistic(f"{_V_ASTROCYTIC}, central location (Firth)", "V1"),),
        (
            Finding("59 of 59 ependymomas", "spine2018"),
            Finding("47 of 47 ependymomas", "koreamed 1087811"),
            Finding("pilocytic astrocytoma 5 of 13", "she2019"),
            Finding("subependymoma 7 of 26", "yagi2023"),
        ),
        "Can be judged on axial series only.",
    ),
    Claim(
        "C10",
        "The cap sign goes with ependymoma.",
        ("imaging_reads.cap_sign", _HISTOLOGY),
        (Statistic(f"{_V_ASTROCYTIC}, cap sign present, where it could be assessed", "V1"),),
        (
            Finding("17 of 59 ependymomas (29 %)", "spine2018"),
            Finding("pilocytic astrocytoma 1 of 13", "she2019"),
        ),
        "Insensitive: the share in ependymoma stands beside the odds ratio. Haemangioblastoma and "
        "paraganglioma show it too.",
    ),
    Claim(
        "C11",
        "The cap sign is seen on T2* or gradient echo.",
        (
            "imaging_reads.cap_sign",
            "imaging_studies.seq_t2",
            "imaging_studies.seq_t2star_gre",
            "imaging_studies.seq_swi",
            _HISTOLOGY,
        ),
        (
            Statistic(
                "odds ratio of a present cap sign, T2* or SWI v T2 only, within ependymoma",
                "V1",
            ),
        ),
        (Finding("read on T2; no counts by sequence", "spine2018"),),
        "No counts were found. Who orders T2* may expect blood.",
    ),
    Claim(
        "C12",
        "Ependymoma expands the cord.",
        ("imaging_reads.cord_expansion", _HISTOLOGY),
        (
            Statistic("share with cord expansion, within ependymoma", "V2", bound=0.80),
            Statistic(f"{_V_ASTROCYTIC}, cord expansion", "V1"),
        ),
        (
            Finding("all 34 tumours of any type", "snu1997"),
            Finding("all 28 tumours of any type", "jcn1999"),
        ),
        "True, and useless for telling types apart.",
    ),
    Claim(
        "C13",
        "Ependymoma goes with syringomyelia.",
        ("imaging_reads.syrinx", "imaging_reads.syrinx_definition", _HISTOLOGY),
        (Statistic(f"{_V_ASTROCYTIC}, syrinx, within each definition", "V1"),),
        (
            Finding("22 of 24 v 4 of 19, adjusted odds ratio 62.9 (4.4 to 903)", "snu2010"),
            Finding("10 % of ependymomas", "spine2018"),
            Finding("58 % of ependymomas", "klekamp2015"),
            Finding("17 of 18 haemangioblastomas, few of them intramedullary", "hbs2021"),
            Finding("16 of 17 patients with haemangioblastoma, definition not given", "huch2012"),
        ),
        "10, 58 or 92 % of ependymomas have one, by definition of the word; definitions are never "
        "merged. Not specific: haemangioblastoma has it as often.",
    ),
    Claim(
        "C14",
        "Ependymoma bleeds.",
        ("imaging_reads.haemorrhage", _HISTOLOGY),
        (Statistic(f"{_V_ASTROCYTIC}, haemorrhage", "V1"),),
        (
            Finding("5 of 17 v 1 of 11, odds ratio 4.2 (0.4 to 42)", "jcn1999"),
            Finding("3 of 15 v 0 of 10", "snu1997"),
        ),
        "Inconclusive so far.",
    ),
    Claim(
        "C15",
        "Astrocytoma spans more of the cord than ependymoma.",
        ("imaging_reads.n_segments", _HISTOLOGY),
        (
            Statistic(
                "median number of levels, astrocytic less ependymoma", "V3", bound=1, unit="level"
            ),
        ),
        (
            Finding("ependymoma mean 3.7, n = 60", "PMID 14569827"),
            Finding("high-grade astrocytoma median 3", "citation unconfirmed"),
            Finding("pilocytic astrocytoma 4.7 +- 4.6", "she2019"),
        ),
        "Not supported so far.",
    ),
    Claim(
        "C16",
        "Infiltration makes removal harder.",
        (
            "imaging_reads.margin",
            "surgeries.extent_of_resection",
            "surgeries.growth_type",
            "surgeries.cleavage_plane",
            _HISTOLOGY,
        ),
        (
            Statistic(
                "odds ratio of gross total resection, well-defined v ill-defined margin", "V1"
            ),
            Statistic("odds ratio of gross total resection, ependymoma v astrocytic tumours", "V1"),
        ),
        (
            Finding(
                "displacing 135 of 162 v infiltrating 18 of 80, odds ratio 17.2 (8.8 to 33.6)",
                "klekamp2013",
            ),
            Finding("23 % of subependymomas", "yagi2023"),
        ),
        "Growth type and cleavage plane stand beside it without a verdict: one surgeon judges them "
        "and the extent.",
    ),
    Claim(
        "C17",
        "Cellular, high-grade tumours restrict diffusion.",
        (_HISTOLOGY, "pathology.who_grade", "pathology.histology_edition"),
        (
            Statistic(
                "median of the mean ADC, high less low grade",
                "V3",
                "<",
                bound=150,
                unit="1e-6 mm2/s",
            ),
        ),
        (Finding("pilocytic astrocytoma 1400 +- 280, n = 3", "she2019"),),
        "Open: other numbers are from the brain. Cellularity is not recorded; Ki-67 stands beside.",
        measures=("adc_mean_1e6_mm2_s",),
    ),
    Claim(
        "C18",
        "Choline is raised in high-grade tumours.",
        (_HISTOLOGY, "pathology.who_grade", "pathology.histology_edition"),
        (Statistic("median choline ratio, high less low grade", "V3", bound=0.5),),
        (),
        "Open: no numbers from the cord were found.",
        measures=("choline_naa_ratio",),
    ),
    Claim(
        "C19",
        "Diffusion imaging and spectroscopy help to grade the tumour.",
        (_HISTOLOGY, "pathology.who_grade", "imaging_reads.diffusion_restriction"),
        (Statistic("AUC of the model of grade with diffusion and choline less without", "V4"),),
        (Finding("deep model on whole MRI, external AUC 0.843", "Ma 2023"),),
        "No added value of these sequences has been shown.",
        measures=("adc_mean_1e6_mm2_s", "choline_naa_ratio"),
    ),
    Claim(
        "C20",
        "CT shows calcification or blood that MRI misses.",
        (
            "imaging_studies.modality",
            "imaging_reads.calcification",
            "imaging_reads.haemorrhage",
        ),
        (
            Statistic(
                "share seen on CT only less share on MR only, same case (McNemar)", "V2", bound=0
            ),
        ),
        (),
        "No counts were found. Who gets both is no random sample.",
    ),
    Claim(
        "C21",
        "Imaging predicts resectability.",
        ("surgeries.extent_of_resection", "surgeries.intent"),
        (
            Statistic(
                "AUC for gross total resection, clinical and imaging predictors less clinical "
                "ones alone",
                "V4",
            ),
        ),
        (Finding("agreement on the DTI fibre type, kappa 0.83, n = 14", "Setzer 2010"),),
        "No model with an AUC was found. Calibration is shown beside the verdict.",
    ),
    Claim(
        "C22",
        "Imaging predicts outcome.",
        (
            "functional_status.score",
            "functional_status.scale_version",
            "follow_up.progression_status",
            "follow_up.vital_status",
            "imaging_reads.n_segments",
        ),
        (
            Statistic(f"AUC for functional decline, {_ADDED}", "V4"),
            Statistic(f"AUC for the grade at month 12, {_ADDED}", "V4"),
            Statistic(f"C for progression-free survival, {_ADDED}", "V4"),
        ),
        (
            Finding(
                "per level of length, odds ratio of worse motor function 1.74 (1.06 to 2.84), "
                "n = 71",
                "J Neurooncol 2025, doi:10.1007/s11060-025-05134-6",
            ),
            Finding(
                "per level, odds ratio of a good grade 0.77 (0.60 to 0.98), n = 106",
                "citation unconfirmed",
            ),
            Finding("well-defined boundary, odds ratio 7.83, n = 38", "PMC4508749"),
            Finding("width, not length, in 21 cases", "J Spinal Disord Tech 2004;17:516"),
        ),
        "Associations of single signs; added value over the preoperative grade is not shown.",
    ),
    Claim(
        "C23",
        "Myelography is rarely used now.",
        ("imaging_studies.modality", "cases.index_period"),
        (Statistic("odds ratio of any myelography per case, per period", "V1", "<"),),
        (),
        "No counts were found.",
    ),
    Claim(
        "C24",
        "Better technology improves outcome.",
        (
            "surgeries.extent_of_resection",
            "cases.index_period",
            "surgeries.surgeon_experience",
            _HISTOLOGY,
        ),
        (
            Statistic(
                "odds ratio of gross total resection per period, adjusted for the surgeon's "
                "experience and for type",
                "V1",
            ),
        ),
        (
            Finding("72, 84, 100 % by period", "klekamp2015"),
            Finding("71, 80, 90 % by the surgeon's experience", "klekamp2015"),
        ),
        "Tests the era, not the technology: the two cannot be told apart.",
    ),
)
