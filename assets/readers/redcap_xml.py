"""Parsing REDCap's ODM: elements to records, items and choices; what a hostile XML may not do.

Belongs here: the walk through the elements, with its limits.
Does not belong here: the profile and the frame (`redcap_odm`).
A document type is refused, so there are no entities: none that grows, none that opens a file.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from assets.readers.read_file import ReadProblem

_ODM = "http://www.cdisc.org/ns/odm/v1.3 "
_REDCAP = "https://projectredcap.org "
#: REDCap nests ten deep.
_DEEPEST = 50


@dataclass
class OdmRecord:
    """One record: subject, event, instrument, instance (each '' where there is none), cells."""

    line: int
    subject: str
    event: str
    instrument: str
    instance: str
    cells: dict[str, str] = field(default_factory=dict)


@dataclass
class Odm:
    """A parsed project: columns, choices of a column by code, records in the order of an export."""

    items: list[str] = field(default_factory=list)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    records: list[OdmRecord] = field(default_factory=list)


class RefusedXmlError(Exception):
    """The XML is not read on; carries the problem."""

    def __init__(self, rule: str, message: str, suggestion: str, line: int | None = None) -> None:
        self.problem = ReadProblem(rule, message, suggestion, line=line)


def parse_odm(data: bytes) -> Odm:
    """Parse the XML.

    Raises
    ------
    RefusedXmlError
        If it is empty, no ODM, not well formed, nested without measure, or has a document type.
    """
    if not data.strip():
        raise RefusedXmlError("E_EMPTY", "The file is empty.", "Export it again.")
    walk = _Walk()
    try:
        walk.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RefusedXmlError(
            "E_FORMAT",
            "The XML is not well formed here. Nothing of this file was loaded.",
            "Export it again; do not edit it by hand.",
            error.lineno,
        ) from error
    return walk.odm


class _Walk:
    """The walk through one document; what it is at stands in its attributes."""

    def __init__(self) -> None:
        self.odm = Odm()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.depth = 0
        self.repeating_instruments: set[tuple[str, str]] = set()
        self.repeating_events: set[str] = set()
        self.subject = self.event = self.event_instance = ""
        self.column = self.code = ""
        self.is_label = False
        self.here: dict[tuple[str, str, str], OdmRecord] = {}
        self.record: OdmRecord | None = None
        self.starts: dict[str, Callable[[dict[str, str]], None]] = {
            f"{_REDCAP}RepeatingInstrument": self._repeating_instrument,
            f"{_REDCAP}RepeatingEvent": self._repeating_event,
            f"{_ODM}ItemDef": self._item,
            f"{_ODM}CodeList": self._choices,
            f"{_ODM}CodeListItem": self._choice,
            f"{_ODM}TranslatedText": self._label,
            f"{_ODM}SubjectData": self._subject,
            f"{_ODM}StudyEventData": self._event,
            f"{_ODM}FormData": self._form,
            f"{_ODM}ItemData": self._cell,
            f"{_ODM}ItemDataBase64Binary": self._attached,
        }

    def _document_type(self, *_: object) -> None:
        raise RefusedXmlError(
            "E_FORMAT",
            "The XML has a document type, which REDCap never writes. Nothing of it was loaded.",
            "Export it again from REDCap.",
            self.parser.CurrentLineNumber,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth == 1 and name != f"{_ODM}ODM":
            raise RefusedXmlError(
                "E_MAGIC",
                "The file is no CDISC ODM 1.3. Nothing of it was loaded.",
                "Export the project's XML from REDCap.",
            )
        if self.depth > _DEEPEST:
            raise RefusedXmlError(
                "E_LIMIT",
                f"The XML is nested more than {_DEEPEST} deep. Nothing of it was loaded.",
                "Export it again from REDCap.",
                self.parser.CurrentLineNumber,
            )
        if name in self.starts:
            self.starts[name](attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if name in (f"{_ODM}StudyEventData", f"{_ODM}SubjectData"):
            # the record itself comes before the instances of its instruments, as in the CSV
            self.odm.records += sorted(self.here.values(), key=lambda r: r.instrument != "")
            self.here = {}
            self.event = self.event_instance = ""
        elif name == f"{_ODM}FormData":
            self.record = None
        elif name == f"{_ODM}TranslatedText":
            self.is_label = False
        elif name == f"{_ODM}CodeListItem":
            labels = self.odm.choices[self.column]
            labels[self.code] = " ".join(labels[self.code].split())
            self.code = ""

    def _repeating_instrument(self, attributes: dict[str, str]) -> None:
        event = attributes[f"{_REDCAP}UniqueEventName"]
        self.repeating_instruments.add((event, attributes[f"{_REDCAP}RepeatInstrument"]))

    def _repeating_event(self, attributes: dict[str, str]) -> None:
        self.repeating_events.add(attributes[f"{_REDCAP}UniqueEventName"])

    def _item(self, attributes: dict[str, str]) -> None:
        self.odm.items.append(attributes["OID"])

    def _choices(self, attributes: dict[str, str]) -> None:
        self.column = attributes["Name"]
        self.odm.choices[self.column] = {}

    def _choice(self, attributes: dict[str, str]) -> None:
        self.code = attributes["CodedValue"]
        self.odm.choices[self.column][self.code] = ""

    def _label(self, _: dict[str, str]) -> None:
        self.is_label = self.code != ""

    def _text(self, text: str) -> None:
        if self.is_label:
            self.odm.choices[self.column][self.code] += text

    def _subject(self, attributes: dict[str, str]) -> None:
        self.subject = attributes["SubjectKey"]

    def _event(self, attributes: dict[str, str]) -> None:
        self.event = attributes[f"{_REDCAP}UniqueEventName"]
        is_repeating = self.event in self.repeating_events
        self.event_instance = attributes["StudyEventRepeatKey"] if is_repeating else ""

    def _form(self, attributes: dict[str, str]) -> None:
        form = attributes["FormOID"].removeprefix("Form.")
        instrument, instance = "", self.event_instance
        # a project without events has one all the same in the list, and none in the data
        if any(f == form and self.event in ("", e) for e, f in self.repeating_instruments):
            instrument, instance = form, attributes["FormRepeatKey"]
        line = self.parser.CurrentLineNumber
        self.record = self.here.setdefault(
            (self.event, instrument, instance),
            OdmRecord(line, self.subject, self.event, instrument, instance),
        )

    def _cell(self, attributes: dict[str, str]) -> None:
        if self.record is not None:
            self.record.cells[attributes["ItemOID"]] = attributes["Value"]

    def _attached(self, attributes: dict[str, str]) -> None:
        if self.record is not None:
            self.record.cells[attributes["ItemOID"]] = attributes[f"{_REDCAP}DocName"]
