"""A page as PDF: data for the template in, Typst's bytes out.

Belongs here: calling Typst, its fonts, what the head and foot of every sheet say.
Does not belong here: the elements (`arranging`), how they look (`page.typ`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from analyses.report.pdf.arranging import Arranger, Node
from analyses.report.pdf.finishing import finished
from analyses.report.pdf.measuring import FONTS
from analyses.report.pdf.reading import Element, read


def to_pdf(html: bytes) -> bytes:
    """One of our pages on A4: tagged (PDF/UA-1), its first sheet the summary.

    Parameters
    ----------
    html
        A page framed by `templates/frame.html`, in UTF-8.

    Returns
    -------
    bytes
        Without a date, a path or a name of a machine: the same page gives the same bytes in the
        same locked environment.

    Raises
    ------
    ValueError
        If the page has an element that the paper does not know; names the element only.
    RuntimeError
        If Typst refuses what it was given, which is our fault; repeats nothing of the page.

    Notes
    -----
    Nothing is drawn or computed anew: what the page says is what the paper says. The drawings of
    the page are used as they are, with their text as text, so that it can be searched and copied;
    Typst sets it in the fonts that matplotlib measured it with.
    """
    page = sheets(html.decode("utf-8"))
    cells = [cell["names_row"] for cell in _cells([*page["front"], *page["rest"]])]
    return finished(_typeset(page), cells)


def sheets(html: str) -> dict[str, Any]:
    """What the template is given for a page."""
    page = read(html)
    body = page.all("body")[0]
    arranger = Arranger(body)
    header, main = body.all("header")[0], body.all("main")[0]
    front, *rest = [each for each in main.inside if isinstance(each, Element)]
    band, kicker = (_by_class(header, name) for name in ("band", "kicker"))
    said = band.all("strong")[0].text()
    title = header.all("h1")[0].text()
    snapshot = "".join(f"snapshot {code.text()}" for code in kicker.all("code"))
    return {
        "name": page.all("title")[0].text(),
        "provenance": " ".join(body.classes),
        "band": said,
        "research": band.text().removeprefix(said).strip(),
        "footer": " · ".join(filter(None, (_short(title), snapshot))),
        "front": [node for each in (header, front) for node in arranger.one(each)],
        "rest": [node for each in rest for node in arranger.one(each)],
    }


def _by_class(element: Element, name: str) -> Element:
    """Find the first element below that has a class."""
    return next(each for each in element.all("div", "p") if name in each.classes)


def _short(title: str, most: int = 70) -> str:
    """A title that has room at the foot of a sheet."""
    return title if len(title) <= most else title[: most - 1].rstrip() + "…"


def _cells(nodes: Sequence[Node]) -> Iterator[dict[str, Any]]:
    """Cells of every table in the order of the page."""
    for node in nodes:
        if not isinstance(node, str):
            yield from (*node.get("header", ()), *node.get("rows", ()))
            yield from _cells([*node.get("summary", ()), *node.get("inside", ())])


@cache
def _tools() -> tuple[bytes, typst.Fonts]:
    """Template and fonts, read once: matplotlib's own and Typst's, none of the machine."""
    template = files("analyses.report.pdf").joinpath("page.typ").read_bytes()
    return template, typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def _typeset(page: dict[str, Any]) -> bytes:
    """Run Typst; its messages could quote the page and are not repeated."""
    template, fonts = _tools()
    try:
        made, warnings = typst.compile_with_warnings(
            template,
            font_paths=fonts,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        line = re.search(r"\.typ:(\d+):", error.diagnostic)
        raise RuntimeError(
            "the report could not be printed: Typst refused it"
            f"{f' at line {line[1]} of page.typ' if line else ''}; what it said may quote the "
            "page and is kept back"
        ) from None
    if warnings:
        raise RuntimeError(f"the report could not be printed: Typst gave {len(warnings)} warnings")
    return bytes(made)
