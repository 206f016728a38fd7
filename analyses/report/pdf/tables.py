"""Tables of a page as plain data for `page.typ`.

Belongs here: rows, cells and how they span; which columns hold numbers; the widths.
Does not belong here: how a table looks (`page.typ`), how wide text is (`measuring`).
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from analyses.report.pdf.measuring import Text, fit
from analyses.report.pdf.reading import Element

_NUMBER = re.compile("[<+\u2212-]?[0-9]|\u2013$")


def table(element: Element, inside: Callable[..., list[Any]], *, may_turn: bool) -> dict[str, Any]:
    """Rows of cells, each with its column, and the width of every column.

    Parameters
    ----------
    element
        The `table`.
    inside
        Turns what stands in an element into data.
    may_turn
        Whether a page can be turned sideways for it.

    Returns
    -------
    dict
        `caption`, `header` and `rows` of cells, `size`, `widths`, `is_sideways`.
    """
    header = [row for head in element.all("thead") for row in head.all("tr")]
    rows = [row for row in element.all("tr") if not any(row is known for known in header)]
    placed = list(_placed(header)), list(_placed(rows))
    columns = max(column + _span(cell) for part in placed for _, column, cell in part)
    numbers = _numbers(placed[1], columns)
    found = fit([t for part in placed for t in _texts(part)], columns, may_turn=may_turn)
    captions = [each for each in element.all("caption")]

    def cells(part: list[tuple[int, int, Element]], is_head: bool) -> list[dict[str, Any]]:
        return [
            {
                "inside": inside(cell, in_box=True),
                "x": column,
                "y": row if is_head else row + len(header),
                "columns": _span(cell),
                "rows": int(cell.attributes.get("rowspan", 1)),
                "is_head": is_head,
                "is_bold": is_head or cell.attributes.get("scope") == "rowgroup",
                "is_number": numbers[column] and _span(cell) == 1,
                "names_row": cell.attributes.get("scope") in ("row", "rowgroup"),
                "is_level": "level" in cell.classes,
            }
            for row, column, cell in part
        ]

    return {
        "caption": [node for each in captions for node in inside(each, in_box=True)],
        "depth": len(header),
        "header": cells(placed[0], is_head=True),
        "rows": cells(placed[1], is_head=False),
        "size": found.size,
        "widths": found.widths,
        "is_sideways": found.is_sideways,
    }


def _placed(rows: list[Element]) -> Iterator[tuple[int, int, Element]]:
    """Every cell with its row and first column, as HTML places them."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(rows):
        x = 0
        for cell in row.inside:
            if isinstance(cell, str):
                continue
            while (x, y) in taken:
                x += 1
            yield y, x, cell
            down = int(cell.attributes.get("rowspan", 1))
            taken |= {(x + i, y + j) for i in range(_span(cell)) for j in range(down)}


def _span(cell: Element) -> int:
    """How many columns a cell takes."""
    return int(cell.attributes.get("colspan", 1))


def _numbers(cells: list[tuple[int, int, Element]], columns: int) -> list[bool]:
    """Which columns hold numbers, which stand at the right: all but the first that mostly do."""
    counts = [[0, 0] for _ in range(columns)]
    for _, column, cell in cells:
        if (text := cell.text()) and _span(cell) == 1:
            counts[column][bool(_NUMBER.match(text))] += 1
    return [column > 0 and n > words for column, (words, n) in enumerate(counts)]


def _texts(cells: list[tuple[int, int, Element]]) -> Iterator[Text]:
    """Text of the cells that stand in one column."""
    for _, column, cell in cells:
        if _span(cell) == 1:
            is_bold = cell.tag == "th" and cell.attributes.get("scope") != "row"
            is_kept = cell.tag == "td" and not {"words", "text"} & set(cell.classes)
            yield Text(column, tuple(_lines(cell)), is_bold, is_kept)


def _lines(cell: Element) -> list[str]:
    """Lines of a cell, which `br` ends."""
    lines = [""]
    for each in cell.inside:
        if isinstance(each, str):
            lines[-1] += each
        elif each.tag == "br":
            lines.append("")
        else:
            first, *more = _lines(each)
            lines[-1] += first
            lines += more
    return [line.strip() for line in lines]
