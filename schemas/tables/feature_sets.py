"""Table `feature_sets`: radiomics tables kept as Parquet beside the database.

Belongs here: the columns of the table and what each means.
Does not belong here: rules between columns or tables (`schemas.catalogue`), vocabularies
(`schemas.vocabularies`).
"""

from schemas import vocabularies as v
from schemas.columns import Availability, Code, Column, Identifier, Integer, Number, TextCode
from schemas.table import table
from schemas.tables.sites import SITE_ID

_ADMIN = Availability.ADMIN
_SHA256 = TextCode("[0-9a-f]{64}", "64 hexadecimal digits")


@table(grain="one radiomics table of one site", key=("feature_set_id",))
class FeatureSets:
    """Which radiomics table exists, made by what; the numbers lie in the Parquet file.

    The file has `study_id`, `structure`, then one column per feature. Its features become known
    as the images of their study do.
    """

    feature_set_id = Column(
        Identifier(), "Name of the feature set.", Availability.KEY, label="feature set"
    )
    site_id = Column(SITE_ID, "Delivering site.", Availability.KEY, label="site", parent="sites")
    extractor = Column(Code(v.EXTRACTOR), "Program that computed the features.", _ADMIN)
    extractor_version = Column(
        TextCode(r"[A-Za-z0-9.+*_-]{1,64}", "a version of 1 to 64 characters"),
        "Version of that program, as it reports it.",
        _ADMIN,
    )
    settings_sha256 = Column(
        _SHA256,
        "SHA-256 of the program's settings file: sets with other settings are not comparable.",
        _ADMIN,
        label="hash of the settings",
    )
    file_sha256 = Column(
        _SHA256,
        "SHA-256 of the Parquet file that holds the features.",
        _ADMIN,
        label="hash of the file",
    )
    image_kind = Column(Code(v.IMAGE_KIND), "Image the features describe.", _ADMIN)
    mask_structure = Column(
        Code(v.STRUCTURE),
        "Structure that the mask encloses, from which the features are computed.",
        _ADMIN,
    )
    mask_method = Column(
        Code(v.METHOD), "Whether a person, a program, or both drew the mask.", _ADMIN
    )
    voxel_spacing_mm = Column(
        Number(0.1, 10, "mm"),
        "Edge of the voxels to which images were resampled; the largest where they differ.",
        _ADMIN,
        may_be_explained=True,
        label="voxel spacing",
        since="2",
    )
    n_rows = Column(
        Integer(1, 100_000_000),
        "Number of rows of the file: one per study and structure.",
        _ADMIN,
        label="rows",
    )
    n_features = Column(
        Integer(1, 1_000_000), "Number of feature columns of the file.", _ADMIN, label="features"
    )
    is_test_retest = Column(
        Code(v.YN),
        "Studies were imaged or drawn twice; such a set feeds the reliability filter.",
        _ADMIN,
        label="test-retest set",
        since="2",
    )
