"""Content: one canonical text of a set of tables, and the hash that names a snapshot.

Belongs here: what makes two sets of tables equal, whatever wrote them and in whatever order.
Does not belong here: writing them to a file (`warehouse.snapshots`).
The text is our own, so that no library's version, thread count or row order changes an id.
"""

import hashlib
from collections.abc import Mapping

import polars as pl

TableName = tuple[str, str]

_TYPES: dict[type[pl.DataType], tuple[str, str]] = {
    # polars type: word in the canonical text, type in the snapshot file
    pl.String: ("text", "varchar"),
    pl.Int64: ("integer", "bigint"),
    pl.Float64: ("real", "double"),
    pl.Boolean: ("boolean", "boolean"),
}
_NULL = "~"
ID_DIGITS = 16


def plain(frame: pl.DataFrame, table: TableName) -> pl.DataFrame:
    """The frame in the four types a snapshot holds: text, integer, real, boolean.

    Raises
    ------
    TypeError
        If a column is of another type. Dates are refused: after staging there are days only.
    """
    return frame.select(_plain_column(frame[name], table) for name in frame.columns)


def sql_type(dtype: pl.DataType) -> str:
    """Type of a plain column in the snapshot file."""
    return _TYPES[type(dtype)][1]


def row_texts(frame: pl.DataFrame) -> pl.Series:
    """Canonical text of every row of a plain frame."""
    if not frame.columns:
        return pl.Series("row", [""] * frame.height, dtype=pl.String)
    texts = pl.DataFrame([_texts(frame[name]) for name in frame.columns])
    return texts.select(pl.concat_str(pl.all(), separator="\t").alias("row"))["row"]


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a plain frame, sorted by their canonical text."""
    return frame[row_texts(frame).arg_sort()]


def content_sha256(frames: Mapping[TableName, pl.DataFrame]) -> str:
    """Hash over names, columns, types and rows; the order of rows and tables plays no part."""
    digest = hashlib.sha256(b"imsct.content/1\n")
    for table in sorted(frames):
        frame = plain(frames[table], table)
        columns = [f"{name} {_TYPES[type(kind)][0]}" for name, kind in frame.schema.items()]
        head = [".".join(table), *columns, f"rows {frame.height}"]
        digest.update(("\n".join(head) + "\n").encode())
        for row in row_texts(frame).sort():
            digest.update(row.encode())
            digest.update(b"\n")
    return digest.hexdigest()


def content_id(frames: Mapping[TableName, pl.DataFrame]) -> str:
    """The snapshot id: the first digits of `content_sha256`.

    Examples
    --------
    >>> frame = pl.DataFrame({"case_id": ["a", "b"], "age_years": [4.5, None]})
    >>> content_id({("core", "cases"): frame}) == content_id({("core", "cases"): frame[::-1]})
    True
    """
    return content_sha256(frames)[:ID_DIGITS]


def _plain_column(column: pl.Series, table: TableName) -> pl.Series:
    """A column in one of the four types."""
    kind = column.dtype
    if type(kind) in _TYPES:
        return column
    if kind.is_integer():
        return column.cast(pl.Int64)
    if kind.is_float():
        return column.cast(pl.Float64)
    if isinstance(kind, pl.Null | pl.Categorical | pl.Enum):
        return column.cast(pl.String)
    raise TypeError(f"{'.'.join(table)}.{column.name}: {kind} cannot be published")


def _texts(column: pl.Series) -> pl.Series:
    """Canonical text of every value; null, empty and the text '~' stay apart."""
    name = column.name
    if column.dtype == pl.Float64:
        # repr gives the shortest text that reads back as the same number, on every platform
        texts = [None if value is None else repr(value) for value in column.to_list()]
        return pl.Series(name, texts, dtype=pl.String).fill_null(_NULL)
    if column.dtype == pl.String:
        quoted = column.str.replace_all("\\", "\\\\", literal=True)
        for mark, written in (("\t", "\\t"), ("\n", "\\n")):
            quoted = quoted.str.replace_all(mark, written, literal=True)
        return ('"' + quoted + '"').fill_null(_NULL).rename(name)
    return column.cast(pl.String).fill_null(_NULL)
