"""The PDF as Typst leaves it, with what Typst cannot say and in a quarter of the bytes.

Belongs here: marking the header cells of rows, packing.
Does not belong here: anything that can be seen on the paper.
"""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf


def finished(pdf: bytes, header_cells: Sequence[bool]) -> bytes:
    """Mark header cells of rows and pack the file.

    Parameters
    ----------
    pdf
        As Typst wrote it.
    header_cells
        Of every cell of every table, in the order of the page, whether it names its row.

    Returns
    -------
    bytes
        The same pages. A screen reader says the name of the row with each cell; Typst 0.15 keeps
        that behind a switch that its Python package does not have.

    Raises
    ------
    RuntimeError
        If the PDF does not have the cells that the page has.
    """
    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        cells = list(_cells(opened.Root.StructTreeRoot.K))
        if len(cells) != len(header_cells):
            raise RuntimeError(
                f"the printed report has {len(cells)} cells of tables, the page {len(header_cells)}"
            )
        for cell, is_header in zip(cells, header_cells, strict=True):
            if is_header and cell.S == "/TD":
                _name_row(cell)
        opened.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            deterministic_id=True,  # else it would hold the hour
        )
    return packed.getvalue()


def _cells(node: Any) -> Iterator[Any]:
    """Cells of tables below a node of the structure, in its order."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _cells(each)
    elif isinstance(node, pikepdf.Dictionary):
        if node.get("/S") in ("/TD", "/TH"):
            yield node
        elif "/K" in node:
            yield from _cells(node.K)


def _name_row(cell: Any) -> None:
    """Make a header cell of a data cell; what Typst said of it (its span) stays."""
    cell.S = pikepdf.Name.TH
    said = cell.get("/A", pikepdf.Array())
    said = said if isinstance(said, pikepdf.Array) else pikepdf.Array([said])
    for each in said:
        if each.get("/O") == "/Table":
            each.Scope = pikepdf.Name.Row
            break
    else:
        said.append(pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name.Row))
    cell.A = said
