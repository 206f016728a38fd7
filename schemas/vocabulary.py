"""Vocabularies: closed lists of coded values, each value with its meaning.

Belongs here: what a vocabulary is, and the helpers that read one.
Does not belong here: the lists themselves (`schemas.vocabularies`), columns that use them
(`schemas.tables`).
"""

from dataclasses import dataclass

from schemas.labels import LABELS

UNKNOWN = "unknown"

#: Values that say why there is no value. A sign or a description in one of these states was not
#: coded.
UNCODED = ("not_applicable", "not_assessable", "not_reported", UNKNOWN)


@dataclass(frozen=True)
class Value:
    """One coded value. `definition` is empty only where the code says everything.

    `since` is the version of the dictionary that introduced it.
    """

    code: str
    definition: str = ""
    since: str = "1"

    @property
    def label(self) -> str:
        """The value for people: its code in words, or what says it better."""
        return LABELS.get(self.code) or self.code.replace("_", " ")


@dataclass(frozen=True)
class Vocabulary:
    """A closed, ordered list of values; order matters only where `is_ordered`."""

    name: str
    values: tuple[Value, ...]
    is_ordered: bool = False
    source: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in their declared order."""
        return tuple(value.code for value in self.values)

    @property
    def coded(self) -> tuple[str, ...]:
        """The codes that carry a finding: all but those of `UNCODED`."""
        return tuple(code for code in self.codes if code not in UNCODED)


def vocabulary(
    name: str,
    *values: str | tuple[str, str] | Value,
    is_ordered: bool = False,
    source: str = "",
) -> Vocabulary:
    """Build a vocabulary from codes, (code, definition) pairs or values.

    `source` names who defined the list; empty means that the project did.

    Raises
    ------
    ValueError
        If a code occurs twice.
    """
    listed = tuple(_value(v) for v in values)
    codes = [value.code for value in listed]
    if len(set(codes)) != len(codes):
        raise ValueError(f"vocabulary {name}: a code occurs twice in {codes}")
    return Vocabulary(name=name, values=listed, is_ordered=is_ordered, source=source)


def _value(given: str | tuple[str, str] | Value) -> Value:
    """A value from any of its short forms."""
    if isinstance(given, Value):
        return given
    return Value(given) if isinstance(given, str) else Value(*given)
