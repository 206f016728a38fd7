"""Confusion: recorded against predicted classes, small cells and their complements kept back.

Belongs here: counting and releasing the cells of one matrix.
Does not belong here: which class a model predicts (`analyses.multiclass`), drawing
(`analyses.figures.confusion_matrix`).
"""

from collections.abc import Sequence

from analyses.disclosure import Audience, disclose
from analyses.figures.confusion_matrix import Matrix


def matrix_of(
    recorded: Sequence[str],
    predicted: Sequence[str],
    *,
    classes: Sequence[str],
    audience: Audience,
    provenance: str,
) -> Matrix:
    """The confusion matrix of one set of predictions.

    Parameters
    ----------
    recorded, predicted
        A class for each case.
    classes
        All classes, in order.
    audience
        Whose small cells are kept back, with as many others as would tell them.
    provenance
        Of every case.

    Returns
    -------
    Matrix
        Released counts; totals are hidden last.

    Examples
    --------
    >>> said = ["a"] * 12 + ["b"] * 9
    >>> guessed = ["a"] * 9 + ["b"] * 12
    >>> made = matrix_of(
    ...     said, guessed, classes=("a", "b"), audience="internal", provenance="registry"
    ... )
    >>> [[str(n) for n in row] for row in made.counts]  # any of them would tell the 3 by the totals
    [['hidden', 'hidden'], ['hidden', 'hidden']]
    """
    pairs = list(zip(recorded, predicted, strict=True))
    counts = {(a, b): pairs.count((a, b)) for a in classes for b in classes}
    counts |= {(a, ""): sum(counts[a, b] for b in classes) for a in classes}
    counts |= {("", b): sum(counts[a, b] for a in classes) for b in classes}
    counts["", ""] = len(pairs)
    sums = [((a, ""), [(a, b) for b in classes]) for a in classes]
    sums += [(("", b), [(a, b) for a in classes]) for b in classes]
    sums += [(("", ""), [(a, "") for a in classes]), (("", ""), [("", b) for b in classes])]
    margins = [key for key in counts if "" in key]
    shown = disclose(counts, sums=sums, audience=audience, provenance=provenance, keep=margins)
    return Matrix(
        provenance,
        tuple(classes),
        tuple(tuple(shown[a, b] for b in classes) for a in classes),
        tuple(shown[a, ""] for a in classes),
        tuple(shown["", b] for b in classes),
    )
