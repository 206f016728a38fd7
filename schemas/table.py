"""Tables: a class with columns becomes a `Table`.

Belongs here: what a table is and the decorator that makes one from a class.
Does not belong here: the tables themselves (`schemas.tables`), rules between tables
(`schemas.catalogue`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from inspect import cleandoc
from typing import TypeVar

from schemas.columns import Availability, Code, Column, reason_column
from schemas.vocabularies import PROVENANCE

T = TypeVar("T")

PROVENANCE_COLUMN = Column(
    Code(PROVENANCE),
    description="Where the row comes from; set in `staged` from the manifest, never delivered.",
    available=Availability.ADMIN,
    name="provenance",
)


@dataclass(frozen=True)
class Table:
    """A table of `core`: its grain, key and columns in dictionary order.

    `columns` are those a site delivers, companions of numbers included; `kept_columns` adds
    `provenance`.
    """

    name: str
    grain: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Delivered columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the delivered columns, in the order of a delivered file."""
        return tuple(column.name for column in self.columns)

    @property
    def kept_columns(self) -> tuple[Column, ...]:
        """Columns of the core table: the delivered ones and the provenance."""
        return (*self.columns, PROVENANCE_COLUMN)

    @property
    def parents(self) -> dict[str, str]:
        """Foreign keys: column name to parent table."""
        return {c.name: c.parent for c in self.columns if c.parent is not None}

    def __getitem__(self, name: str) -> Column:
        return self.by_name[name]


def day_columns(table: Table) -> tuple[str, ...]:
    """Columns that count days from day 0; a hospital has dates in their place.

    Examples
    --------
    >>> from schemas.tables import BY_NAME
    >>> day_columns(BY_NAME["treatments"])
    ('start_day', 'end_day')
    """
    return tuple(column.name for column in table.columns if column.name.endswith("_day"))


def as_table(cls: type) -> Table:
    """Return the `Table` that the decorator `table` made of a class."""
    made = cls.__dict__["__imsct_table__"]
    if not isinstance(made, Table):
        raise TypeError(f"{cls.__name__} is no table")
    return made


def table(*, grain: str, key: tuple[str, ...]) -> Callable[[type[T]], type[T]]:
    """Mark a class whose attributes are columns as a table; `as_table` reads it.

    Raises
    ------
    ValueError
        If the class has no docstring, or a key column is not among its columns.
    """

    def build(cls: type[T]) -> type[T]:
        declared = [
            replace(value, name=name)
            for name, value in vars(cls).items()
            if isinstance(value, Column)
        ]
        columns: list[Column] = []
        for column in declared:
            columns.append(column)
            if column.may_be_explained:
                columns.append(reason_column(column))
        missing = [name for name in key if name not in {c.name for c in columns}]
        if missing or not cls.__doc__:
            raise ValueError(
                f"table {cls.__name__}: no docstring, or key columns missing: {missing}"
            )
        name = "".join("_" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("_")
        made = Table(name, grain, cleandoc(cls.__doc__), key, tuple(columns))
        setattr(cls, "__imsct_table__", made)  # noqa: B010 - unknown to mypy
        return cls

    return build
