"""What becomes of each element of a page on paper, as plain data for `page.typ`.

Belongs here: which elements there are, what the paper leaves out, where a link may lead.
Does not belong here: how anything looks (`page.typ`), tables (`tables`).
"""

import re
from collections.abc import Callable
from typing import Any

from analyses.report.pdf.reading import Element
from analyses.report.pdf.tables import table

Node = dict[str, Any] | str

#: Elements that `page.typ` sets as they are, with what is inside.
AS_THEY_ARE = frozenset(
    {"p", "ul", "ol", "li", "dl", "dt", "dd", "strong", "em", "b", "i", "code", "abbr", "sup"}
    | {"sub", "span", "small", "section", "div", "aside", "article", "header", "main", "br"}
    | {"caption", "figcaption", "cite"}
)
#: Inside these no paper can be turned sideways.
_BOXES = frozenset({"li", "aside", "dd", "td", "th"})
_BOX_CLASSES = frozenset({"verdict", "bear", "exact", "first", "several", "tiles"})
_NATURAL = 242.0  # points: four fifths of what a figure is drawn for, its text then has 8 points
_HIGHEST = 600.0  # points that a figure may have with its caption on one page


class Arranger:
    """Turns the elements of one page into data; keeps which places the paper has."""

    def __init__(self, body: Element) -> None:
        self._places: set[str] = set()
        self._special: dict[str, Callable[[Element, bool], list[Node]]] = {
            "a": self._link,
            "details": self._details,
            "figure": self._figure,
            "h1": self._heading,
            "h2": self._heading,
            "h3": self._heading,
            "h4": self._heading,
            "nav": self._contents,
            "svg": self._drawing,
            "table": self._table,
        }
        self._collect(body)

    def _collect(self, element: Element) -> None:
        """Remember every place that will be on the paper."""
        self._places.add(element.attributes.get("id", ""))
        for each in element.inside:
            if isinstance(each, Element) and not self._is_left_out(element, each):
                self._collect(each)

    @staticmethod
    def _is_left_out(parent: Element, element: Element) -> bool:
        """Whether the paper has no room for it: the numbers of a figure, what a footer repeats."""
        return element.tag == "footer" or (
            element.tag == "details" and parent.tag in ("figure", "figcaption")
        )

    def inside(self, element: Element, in_box: bool = False) -> list[Node]:
        """Everything inside an element."""
        made: list[Node] = []
        for each in element.inside:
            if isinstance(each, str):
                made += _text(each)
            elif not self._is_left_out(element, each):
                if each.tag == "figure" or "several" in each.classes:
                    _lead(made)
                made += self.one(each, in_box)
        return made

    def one(self, element: Element, in_box: bool = False) -> list[Node]:
        """One element.

        Raises
        ------
        ValueError
            If nobody has said what becomes of it; nothing is left out in silence.
        """
        if element.attributes.get("role") == "img":
            return self._drawing(element, in_box)
        if element.tag in self._special:
            return self._special[element.tag](element, in_box)
        if element.tag not in AS_THEY_ARE:
            raise ValueError(f"<{element.tag}> has no place in the printed report yet")
        in_box = in_box or element.tag in _BOXES or not _BOX_CLASSES.isdisjoint(element.classes)
        return [self._made(element, self.inside(element, in_box))]

    def _made(self, element: Element, inside: list[Node], **further: Any) -> Node:
        """An element as data."""
        return {
            "tag": element.tag,
            "classes": element.classes,
            "id": element.attributes.get("id"),
            "inside": inside,
            **further,
        }

    def _link(self, element: Element, in_box: bool) -> list[Node]:
        """Lead to a place on the paper or to an address; what leads to nothing is text only."""
        if "skip" in element.classes:  # skips the head of a page on a screen
            return []
        address, inside = element.attributes.get("href", ""), self.inside(element, in_box)
        if not address or (address.startswith("#") and address[1:] not in self._places):
            return inside
        return [self._made(element, inside, address=address)]

    def _heading(self, element: Element, in_box: bool) -> list[Node]:
        """Give a heading its level; the title of the page is above the first."""
        return [self._made(element, self.inside(element, in_box), level=int(element.tag[1]) - 1)]

    def _contents(self, element: Element, in_box: bool) -> list[Node]:
        """Let Typst make the list of contents, which knows the pages."""
        return [self._made(element, [])]

    def _details(self, element: Element, in_box: bool) -> list[Node]:
        """Open what is folded; the first element is what it is called."""
        summary, *rest = [each for each in element.inside if isinstance(each, Element)]
        in_box = in_box or "exact" in element.classes
        inside = [node for each in rest for node in self.one(each, in_box)]
        return [self._made(element, inside, summary=self.inside(summary, in_box))]

    def _figure(self, element: Element, in_box: bool) -> list[Node]:
        """Keep drawing and caption; the numbers behind it lie beside the report as CSV."""
        captions = element.all("figcaption")
        behind = [found for each in (element, *captions) for found in self._left_out(each)]
        body = [
            node
            for each in element.inside
            if isinstance(each, Element) and each not in (*captions, *behind)
            for node in self.one(each, in_box=True)
        ]
        caption = [node for each in captions for node in self.inside(each, in_box=True)]
        tables = [table.attributes["id"] for each in behind for table in each.all("table")]
        return [self._made(element, body, caption=caption, tables=tables)]

    def _left_out(self, parent: Element) -> list[Element]:
        """What of an element the paper leaves out."""
        inside = (each for each in parent.inside if isinstance(each, Element))
        return [each for each in inside if self._is_left_out(parent, each)]

    def _drawing(self, element: Element, in_box: bool) -> list[Node]:
        """Set a drawing at the size it was made for, smaller where the page is too short."""
        drawing = element if element.tag == "svg" else element.all("svg")[0]
        alt = element.attributes.get("aria-label", "")
        if not alt:
            raise ValueError("a drawing in the page has no text that stands for it")
        svg = str(drawing.inside[0])
        found = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', svg)
        if found is None:
            raise ValueError("a drawing in the page has no viewBox")
        wide, high = float(found[1]), float(found[2])
        width = min(_NATURAL, _HIGHEST * wide / high)
        return [{"tag": "svg", "id": None, "svg": svg, "alt": alt, "width": round(width, 2)}]

    def _table(self, element: Element, in_box: bool) -> list[Node]:
        """Lay a table out."""
        return [self._made(element, [], **table(element, self.inside, may_turn=not in_box))]


def _lead(made: list[Node]) -> None:
    """Let the paragraph before a figure go to its page; heading and words stay not behind alone.

    Examples
    --------
    >>> made: list[Node] = [{"tag": "p"}, " "]
    >>> _lead(made)
    >>> made
    [{'tag': 'p', 'leads': True}, ' ']
    """
    before = [node for node in made if isinstance(node, dict)]
    if before and before[-1]["tag"] == "p":
        before[-1]["leads"] = True


def _text(text: str) -> list[Node]:
    """Text with the blanks at its ends apart, so that Typst joins or drops them as HTML does."""
    bare = text.strip(" ")
    if not bare:
        return [" "] if text else []
    return [*" "[: text.startswith(" ")], bare, *" "[: text.endswith(" ")]]
