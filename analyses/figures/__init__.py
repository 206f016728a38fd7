"""Figures of the report: each module has `draw`, `alt_text` and `as_table` over the same input.

Belongs here: one module per figure, the shared style, the geometry.
Does not belong here: the numbers themselves (`analyses`), the page around them (`analyses.report`).
"""
