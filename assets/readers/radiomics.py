"""Radiomics: batch tables of PyRadiomics and MIRP, features apart from what made them.

Belongs here: which columns are features, extractor, version and settings of a table, its volumes.
Does not belong here: which study and structure a record is of (the profile), writing features.
Layout: PyRadiomics 3.0.1 (batch mode, CSV), MIRP 2 (`extract_features`, CSV).
"""

import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from assets.readers.delimited import read_delimited
from assets.readers.excel import cell_text
from assets.readers.read_file import ReadFile, ReadProblem, refused
from assets.readers.records import as_line, wrong_header
from schemas.formats import GIVEN
from schemas.profile import FileProfile

_NUMBER = re.compile(r"-?[0-9]{1,24}(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")

Row = Mapping[str, str]


@dataclass(frozen=True)
class _Layout:
    """Where a program's table says what; `own` begins the names of what it says of itself."""

    own: str
    mask: str
    version: Callable[[Row], str]
    settings: tuple[str, ...]
    spacing: Callable[[Row], str]
    volume: str


def _triple(row: Row) -> str:
    """Voxel edges as PyRadiomics writes them, resampled ones where there are any."""
    names = ("diagnostics_Mask-interpolated_Spacing", "diagnostics_Mask-original_Spacing")
    return next((row[name] for name in names if row.get(name)), "")


_PYRADIOMICS = _Layout(
    own="diagnostics_",
    mask="Mask",
    version=lambda row: row["diagnostics_Versions_PyRadiomics"],
    settings=("diagnostics_Configuration_Settings", "diagnostics_Configuration_EnabledImageTypes"),
    spacing=_triple,
    volume="original_shape_VoxelVolume",
)
_MIRP = _Layout(
    own="",
    mask="image_mask_label",
    version=lambda row: "unknown",  # its table does not say
    settings=("image_settings_id",),
    spacing=lambda row: " ".join(row[f"image_voxel_size_{axis}"] for axis in "xyz"),
    volume="morph_vol_approx",
)


def read_pyradiomics(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a batch table of PyRadiomics: one record per image and mask."""
    return _read(data, profile, declared, _PYRADIOMICS)


def read_mirp(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Read a table of MIRP: one record per image and mask."""
    return _read(data, profile, declared, _MIRP)


def _read(data: bytes, profile: FileProfile, declared: int | None, layout: _Layout) -> ReadFile:
    """The table under its own header, then features and identity apart."""
    header = _header_of(data, profile)
    features = [name for name in header if name.startswith(profile.features)]
    own = [name for name in header if layout.own and name.startswith(layout.own)]
    rest = [name for name in header if name not in {*features, *own}]
    if len(header) > 1:
        problem = wrong_header(rest, list(profile.header)) or _lacking(header, features, layout)
        if problem is not None:
            rows = read_delimited(data, _with_header(profile, header), None).found
            return refused(profile, problem, found=rows)
    whole = read_delimited(data, _with_header(profile, header or profile.header), declared)
    if whole.is_refused:
        return refused(profile, whole.problems[0], found=whole.found)
    problems = _no_numbers(whole.frame, features, profile)
    bad = {problem.record for problem in problems}
    good = whole.frame.filter(~pl.col("_record").is_in(bad))
    read = replace(whole, file=profile.file, problems=(*whole.problems, *problems))
    numbers = good.select("_record", *(_number(name) for name in features))
    identities = _identities(good.to_dicts(), layout)
    if len({(one["extractor_version"], one["settings_sha256"]) for one in identities}) > 1:
        return refused(profile, _MIXED, found=whole.found)
    given = _given(good, numbers, identities, layout)
    return replace(read, frame=given.select("_record", "_line", *profile.columns), features=numbers)


_MIXED = ReadProblem(
    "E_FEATURES",
    "The rows come from different versions or settings of the program: they are no one feature "
    "set. Nothing of this file was loaded.",
    "Deliver one file for each version and setting.",
)


def _header_of(data: bytes, profile: FileProfile) -> list[str]:
    """Cells of the first line; what is no text is left to the reader of text."""
    first = data.split(b"\n", 1)[0][: 1 << 20]
    text = first.decode(profile.encoding, errors="replace").removeprefix("\ufeff").rstrip("\r")
    return [cell.strip('"') for cell in text.split(profile.delimiter)]


def _with_header(profile: FileProfile, header: Sequence[str]) -> FileProfile:
    """The same file under the header that it has; what the profile does not name is passed over."""
    others = [name for name in header if name not in profile.header]
    passed = {**profile.ignored, **dict.fromkeys(others, "no column of the profile")}
    return profile.model_copy(update={"header": tuple(dict.fromkeys(header)), "ignored": passed})


def _lacking(header: list[str], features: list[str], layout: _Layout) -> ReadProblem | None:
    """Why a table with the right columns is no feature set: it does not say what made it."""
    needed = [*layout.settings, layout.mask]
    if layout.own:
        needed.append("diagnostics_Versions_PyRadiomics")
    gone = [name for name in needed if name not in header]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if gone:
        what = f"The table lacks {', '.join(gone)}"
    elif repeated:
        what = f"{len(repeated)} of its columns are there twice"
    elif not features:
        what = "No column is a feature by the beginnings that the profile names"
    else:
        return None
    return ReadProblem(
        "E_FEATURES",
        f"{what}. Nothing of this file was loaded.",
        "Export the whole table as the program writes it.",
        line=1,
    )


def _no_numbers(
    frame: pl.DataFrame, features: list[str], profile: FileProfile
) -> list[ReadProblem]:
    """R007: cells of features that are no numbers; an empty one is a feature not computed."""
    problems = []
    for name in features:
        is_number = pl.col(name).str.contains(rf"^{_NUMBER.pattern}$") | (pl.col(name) == "")
        for row in frame.filter(~is_number).iter_rows(named=True):
            kept = [row[column] for column in profile.header]
            problems.append(
                ReadProblem(
                    "R007",
                    "The feature is no number.",
                    "Leave the cell empty where the program computed none.",
                    line=row["_line"],
                    record=row["_record"],
                    column=name,
                    content=as_line(kept, profile.delimiter),
                )
            )
    return problems


def _number(name: str) -> pl.Expr:
    """A feature as a number; a text of 24 digits is read to the nearest one."""
    return pl.when(pl.col(name) != "").then(pl.col(name)).cast(pl.Float64).alias(name)


def _identities(rows: list[dict[str, str]], layout: _Layout) -> list[dict[str, str]]:
    """Version, settings and voxel size of every record."""
    return [
        {
            "extractor_version": layout.version(row),
            "settings_sha256": _sha256("\n".join(row[n] for n in layout.settings).encode()),
            "voxel_spacing_mm": _largest(layout.spacing(row)),
            "volume_mm3": row.get(layout.volume, ""),
        }
        for row in rows
    ]


def _largest(edges: str) -> str:
    """The longest of the voxel edges that a text names, to a millionth of a millimetre."""
    found = [float(edge) for edge in _DECIMAL.findall(edges)]
    return cell_text(round(max(found), 6)) if found else ""


def _given(
    frame: pl.DataFrame, numbers: pl.DataFrame, identities: list[dict[str, str]], layout: _Layout
) -> pl.DataFrame:
    """The records with the columns that this reader gives."""
    if frame.is_empty():
        return frame.with_columns(pl.lit("").alias(name) for name in GIVEN["pyradiomics"])
    given = frame.with_columns(pl.DataFrame(identities).get_columns())
    is_first = pl.col(layout.mask).is_first_distinct()
    sizes = {}
    for (mask,), part in given.group_by([layout.mask], maintain_order=True):
        rows = numbers.filter(pl.col("_record").is_in(part["_record"].implode()))
        sizes[mask] = (_sha256(parquet_of(rows)), str(rows.height))
    return given.with_columns(
        is_first_of_mask=pl.when(is_first).then(pl.lit("yes")).otherwise(pl.lit("no")),
        features_sha256=pl.col(layout.mask).replace({m: sha for m, (sha, _) in sizes.items()}),
        n_rows=pl.col(layout.mask).replace({m: n for m, (_, n) in sizes.items()}),
        n_features=pl.lit(str(numbers.width - 1)),
    )


def parquet_of(features: pl.DataFrame) -> bytes:
    """The Parquet file of a feature set: the same features give the same bytes."""
    out = io.BytesIO()
    features.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()


def _sha256(data: bytes) -> str:
    """Hash of bytes, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
