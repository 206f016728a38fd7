"""What a profile writes into the tables: codes and constants that no cell could hold.

Belongs here: judging the values on the right side of a profile, before it is a `Profile`, so that
all its faults are told in one pass.
Does not belong here: its form (`schemas.profile`), loading it (`assets.profiles`).
"""

import re
from collections.abc import Iterator
from typing import Any

from assets.draft_targets import code_of
from schemas.columns import Code, Column
from schemas.showing import nearest_name
from schemas.tables import BY_NAME

#: Where in the document, and what is wrong there.
Fault = tuple[tuple[int | str, ...], str]
#: So many codes are named where none is near.
_MOST_NAMED = 8


def wrong_targets(document: object) -> list[Fault]:
    """Every value that a profile's sources write and the dictionary refuses."""
    return [
        (place, f"{table}.{column.name}: {said}")
        for place, table, column, source in _sources(document)
        for place, text in _written(place, source)
        if (said := _wrong(column, text)) is not None
    ]


def _sources(document: object) -> Iterator[tuple[tuple[int | str, ...], str, Column, Any]]:
    """The sources of a document that has the form of a profile as far as they are concerned."""
    for n, part in _items(_get(document, "files")):
        for m, rows in _items(_get(part, "rows")):
            table = BY_NAME.get(str(_get(rows, "table")))
            columns = _get(rows, "columns")
            for name, source in columns.items() if table and isinstance(columns, dict) else ():
                if table is not None and name in table.by_name:
                    place = ("files", n, "rows", m, "columns", name)
                    yield place, table.name, table[name], source


def _written(
    place: tuple[int | str, ...], source: object
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """The texts that a source writes itself, each with its place."""
    # a date is judged as one when it is read
    if _get(source, "date") is not None:
        return
    for key in ("constant", "empty"):
        yield from _texts((*place, key), _get(source, key))
    for key in ("codes", "empty_where"):
        yield from _texts((*place, key), _get(source, key))


def _texts(
    place: tuple[int | str, ...], value: object
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """A text, or every text of a mapping."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts((*place, key), inner)


def _wrong(column: Column, text: str) -> str | None:
    """Why a column cannot hold a text; an empty cell is judged with its row."""
    if text == "":
        return None
    if not isinstance(column.type, Code):
        # a decimal comma is read as the point it stands for
        fits = re.fullmatch(column.type.pattern, text.replace(",", ".", column.is_numeric))
        return None if fits else f"'{text}' is not {column.type.phrase}"
    vocabulary = column.type.vocabulary
    if text in vocabulary.codes:
        return None
    near = code_of(text, column) or nearest_name(text, vocabulary.codes)
    if near is not None:
        return f"'{text}' is not in the vocabulary; nearest is '{near}'"
    named = ", ".join(vocabulary.codes[:_MOST_NAMED])
    more = ", ..." if len(vocabulary.codes) > _MOST_NAMED else ""
    return f"'{text}' is not in the vocabulary '{vocabulary.name}' ({named}{more})"


def _items(value: object) -> Iterator[tuple[int, object]]:
    """The items of a list with their places; of anything else none."""
    yield from enumerate(value if isinstance(value, list) else ())


def _get(value: object, key: str) -> Any:
    """An entry of a mapping; of anything else None."""
    return value.get(key) if isinstance(value, dict) else None
