"""MR sequences and planes: the columns of a study that say what was acquired.

Belongs here: the short name of each, as rules and the dictionary print it.
Does not belong here: the columns themselves (`schemas.tables.imaging_studies`), which sign needs
which (`schemas.tables.imaging_reads`).
"""

#: Column of `imaging_studies` to its short name.
SEQUENCES: dict[str, str] = {
    "seq_t1": "T1",
    "seq_t2": "T2",
    "seq_stir": "STIR",
    "seq_t2star_gre": "T2*/GRE",
    "seq_swi": "SWI",
    "seq_t1_post_contrast": "post-contrast T1",
    "seq_dwi": "DWI",
    "seq_dti": "DTI",
    "seq_mrs": "MR spectroscopy",
    "seq_perfusion": "perfusion",
    "seq_3d_t2": "3D T2",
}
PLANES: dict[str, str] = {
    "has_axial_t2": "axial T2",
    "has_axial_t1_post_contrast": "axial post-contrast T1",
}
SHORT_NAMES = SEQUENCES | PLANES

#: Fluid and oedema are bright on these.
T2 = ("seq_t2", "seq_stir", "seq_3d_t2")
#: A dark haemosiderin rim shows on these.
T2_ANY = ("seq_t2", "seq_t2star_gre", "seq_swi", "seq_3d_t2")
SUSCEPTIBILITY = ("seq_t2star_gre", "seq_swi")
DIFFUSION = ("seq_dwi", "seq_dti")
AXIAL = ("has_axial_t2", "has_axial_t1_post_contrast", "seq_3d_t2")
#: Modalities that have no MR sequences.
WITHOUT_SEQUENCES = ("ct", "ct_myelography", "myelography")
CT_NAMES = {"ct": "CT", "ct_myelography": "CT myelography"}
CT = tuple(CT_NAMES)
