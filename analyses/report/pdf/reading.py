"""A rendered page as a tree: elements with their attributes, text between them.

Belongs here: parsing the HTML that our own templates write.
Does not belong here: what becomes of an element on paper (`arranging`).
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Union

_VOID = frozenset({"br", "meta"})
_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n\f]+")
#: PDF/UA-1 refuses these; no font can show them either.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufeff\ufffe\uffff]")


@dataclass
class Element:
    """One element; the text of an `svg` is the drawing as it stood in the page."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    inside: list[Union["Element", str]] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """Names of the classes."""
        return self.attributes.get("class", "").split()

    def all(self, *tags: str) -> list["Element"]:
        """Every element below with one of the tags, in the order of the page."""
        found = []
        for each in self.inside:
            if isinstance(each, Element):
                found += [each] if each.tag in tags else []
                found += each.all(*tags)
        return found

    def text(self) -> str:
        """All text inside on one line."""
        parts = (each if isinstance(each, str) else each.text() for each in self.inside)
        return _SPACE.sub(" ", "".join(parts)).strip()


def read(html: str) -> Element:
    """Tree of a page.

    Parameters
    ----------
    html
        Well formed: every element is closed in its turn.

    Returns
    -------
    Element
        Without a name, with `html` inside.

    Raises
    ------
    ValueError
        If an element is not closed where it must be. The message names elements only.
    """
    html = _UNPRINTABLE.sub("\ufffd", html)
    # html.parser writes names in small letters, SVG needs its viewBox: drawings are kept apart
    reader = _Reader(_SVG.findall(html))
    reader.feed(_SVG.sub("<svg></svg>", html))
    reader.close()
    if len(reader.open) != 1:
        raise ValueError(f"<{reader.open[-1].tag}> is not closed in the page")
    return reader.open[0]


class _Reader(HTMLParser):
    """Builds the tree from the top."""

    def __init__(self, drawings: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.drawings = iter(drawings)
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element inside the one that is open."""
        made = Element(tag, {name: value or "" for name, value in attrs})
        if tag == "svg":
            made.inside.append(next(self.drawings))
        self.open[-1].inside.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open, which must be of this name."""
        if self.open[-1].tag != tag:
            raise ValueError(f"</{tag}> stands in the page where <{self.open[-1].tag}> is open")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        """Keep text; of several blanks in a row one."""
        self.open[-1].inside.append(_SPACE.sub(" ", data))
