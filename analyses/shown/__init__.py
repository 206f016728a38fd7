"""What figures of cases show: cases chosen, counts released, in the form that a figure takes.

Belongs here: from the cases of a snapshot, or predictions on them, to the input of one figure.
Does not belong here: drawing (`analyses.figures`), statistics and models (`analyses`), what of the
results of a plan is shown (`analyses.report`).
"""
