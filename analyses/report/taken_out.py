"""What is taken out of a rendered page: every table as CSV, every drawing as SVG.

Belongs here: reading our own pages back, so that a file beside a page cannot say anything else.
Does not belong here: which files there are (`analyses.report.files`), pages of others.
"""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from analyses.figures.style import svg_file
from analyses.numbers import MINUS

_DRAWING = re.compile(
    r'<div class="drawing" role="img" aria-label="([^"]*)">\s*'
    r'(<svg id="figure-([a-z0-9-]+)".*?</svg>)\s*</div>',
    re.DOTALL,
)
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_NUMBER = re.compile(rf"[-{MINUS}]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_FORMULA = ("=", "+", "-", "@")
_SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def drawings(page: str) -> dict[str, bytes]:
    """Every drawing of a page as a file, by its name.

    Parameters
    ----------
    page
        HTML as the templates of this package write it.

    Returns
    -------
    dict
        SVG files in the order of the page.
    """
    return {
        name: svg_file(
            svg, title=name.replace("-", " ").capitalize(), description=html.unescape(alt)
        )
        for alt, svg, name in _DRAWING.findall(page)
    }


def tables(page: str, *, provenance: str, snapshot: str) -> dict[str, bytes]:
    """Every table of a page that has an id, as CSV (RFC 4180, UTF-8), by its id.

    Parameters
    ----------
    page
        HTML as the templates of this package write it.
    provenance, snapshot
        Of the rows: they stand in the first columns of every row, so that no row goes without.

    Returns
    -------
    dict
        The first row of each file is its header. A header of several rows is joined by ": ", a
        level is led by its variable, a new line within a cell becomes a comma, an interval is in
        brackets. Numbers stand bare, text in quotes; a text that a spreadsheet would run is led by
        an apostrophe.
    """
    reader = _Tables()
    reader.feed(_SVG.sub("", page))  # most of a page is its drawings, and none is in a table
    found = {}
    for name, table in reader.found.items():
        header, *rows = table.lines()
        lines = [("provenance", "snapshot", *header)]
        lines += [(provenance, snapshot, *row) for row in rows]
        text = "".join(",".join(map(_field, line)) + "\r\n" for line in lines)
        found[name] = text.encode()
    return found


def _field(text: str) -> str:
    """One field: a number bare, everything else in quotes and disarmed.

    Examples
    --------
    >>> print(_field("12"), _field("=1+1"), _field("<5"))
    12 "'=1+1" "<5"
    """
    if _NUMBER.fullmatch(text):
        return text.replace(MINUS, "-")
    safe = f"'{text}" if text.startswith(_FORMULA) else text
    return '"' + safe.replace('"', '""') + '"'


@dataclass
class _Cell:
    """One cell as it is being read."""

    is_level: bool
    is_group: bool
    wide: int
    tall: int
    text: str = ""

    @property
    def said(self) -> str:
        """Its words on one line; footnote marks and what an empty line leaves are gone."""
        lines = (" ".join(line.split()) for line in self.text.split("\n"))
        said = ", ".join(line for line in lines if line)
        return said.replace(", (", " (").replace(_SOFT_HYPHEN, "")


@dataclass
class _Table:
    """Rows of cells, those of the head apart."""

    head: list[list[_Cell]] = field(default_factory=list)
    body: list[list[_Cell]] = field(default_factory=list)

    def lines(self) -> list[tuple[str, ...]]:
        """Header and rows, all of one width."""
        head, body = _grid(self.head), _grid(_led(self.body))
        wide = max((len(row) for row in (*head, *body)), default=0)
        if not head:  # a table of pairs says what a row is, and no more
            names = ["item", "value", *(f"value {n}" for n in range(2, wide))]
            return [tuple(names[:wide]), *(tuple(row + [""] * (wide - len(row))) for row in body)]
        columns: list[str] = []
        for place in range(wide):
            parts = [row[place] for row in head if place < len(row)]
            said = ": ".join(dict.fromkeys(part for part in parts if part))
            again = sum(name == said or name.startswith(f"{said} (") for name in columns)
            columns.append(f"{said} ({again + 1})" if again else said)
        return [tuple(columns), *(tuple(row + [""] * (wide - len(row))) for row in body)]


def _led(rows: list[list[_Cell]]) -> list[list[_Cell]]:
    """The rows, each level led by the variable above it."""
    leader = ""
    for row in rows:
        if row and row[0].is_level:
            row[0].text = f"{leader}: {row[0].said}" if leader else row[0].text
        elif row and row[0].is_group:
            leader = row[0].said
    return rows


def _grid(rows: list[list[_Cell]]) -> list[list[str]]:
    """Words by row and column; a cell over several rows or columns stands in each."""
    lines: list[list[str]] = []
    below: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        line: list[str] = []
        for cell in row:
            while (number, len(line)) in below:
                line.append(below.pop((number, len(line))))
            for _ in range(cell.wide):
                below |= {(number + k, len(line)): cell.said for k in range(1, cell.tall)}
                line.append(cell.said)
        while (number, len(line)) in below:
            line.append(below.pop((number, len(line))))
        lines.append(line)
    return lines


class _Tables(HTMLParser):
    """Reads the tables of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, _Table] = {}
        self._table: _Table | None = None
        self._rows: list[list[_Cell]] = []
        self._cell: _Cell | None = None
        self._is_note = False
        self._interval_from: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, its parts, a new line within a cell."""
        given = dict(attrs)
        if tag == "table":
            self._table = _Table()
            self._rows = self._table.body
            if given.get("id"):
                self.found[str(given["id"])] = self._table
        if self._table is None:
            return
        if tag in ("thead", "tbody"):
            self._rows = self._table.head if tag == "thead" else self._table.body
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._cell = _Cell(
                is_level="level" in (given.get("class") or "").split(),
                is_group=tag == "th" and "level" not in (given.get("class") or ""),
                wide=int(given.get("colspan") or 1),
                tall=int(given.get("rowspan") or 1),
            )
            self._rows[-1].append(self._cell)
        elif tag == "br" and self._cell is not None:
            self._cell.text += "\n"
        elif tag == "sup":
            self._is_note = True
        elif given.get("class") == "interval" and self._cell is not None:
            self._interval_from = len(self._cell.text)

    def handle_endtag(self, tag: str) -> None:
        """The end of a cell or table."""
        if tag in ("th", "td"):
            self._cell = None
        elif tag == "sup":
            self._is_note = False
        elif tag == "span" and self._interval_from is not None and self._cell is not None:
            before, said = (
                self._cell.text[: self._interval_from],
                self._cell.text[self._interval_from :].strip(),
            )
            self._cell.text = before + (said if said.startswith("(") else f"({said})")
            self._interval_from = None
        elif tag == "table":
            self._table = None

    def handle_data(self, data: str) -> None:
        """Words of a cell; line breaks of the source are spaces."""
        if self._cell is not None and not self._is_note:
            self._cell.text += data.replace("\n", " ")
