"""Models of one's own: classifiers that an installed package offers to plans by entry point.

Belongs here: finding them, making them, what of them a model file may hold.
Does not belong here: the models that come with the platform (`analyses.learners`).
The group is `imsct.models`; each entry names a class, or a function, that gives a scikit-learn
classifier when called without arguments (docs/extending.md).
"""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from schemas.errors import UsageError

GROUP = "imsct.models"


def own_models() -> tuple[str, ...]:
    """Names under which installed packages offer models, sorted."""
    return tuple(sorted({entry.name for entry in entry_points(group=GROUP)}))


def make_own(name: str) -> Any:
    """A fresh, unfitted classifier.

    Raises
    ------
    UsageError
        If two packages offer the name, the package fails on import, or what it gives is no
        classifier.
    """
    entry = _entry(name)
    try:
        made = entry.load()()
    except Exception as error:  # another's code may raise anything
        raise UsageError(
            f"model '{name}' of {_said(entry)} cannot be made ({type(error).__name__}). "
            "Repair that package, or take the model out of the plan."
        ) from error
    absent = [part for part in ("fit", "predict_proba", "get_params") if not hasattr(made, part)]
    if absent:
        raise UsageError(
            f"model '{name}' of {_said(entry)} is no scikit-learn classifier: it has no "
            f"{', '.join(absent)}. docs/extending.md says what is needed."
        )
    return made


def own_versions(models: Sequence[str]) -> dict[str, str]:
    """Package and version of each model that is one of these, for the provenance of results."""
    offered = own_models()
    found = [_entry(name) for name in models if name in offered]
    return {e.dist.name: e.dist.version for e in found if e.dist is not None}


def own_types() -> list[str]:
    """Full names of the types that a model file of an own model may hold.

    Its class, and what that class names itself as `model_file_types`.
    """
    made = [type(make_own(name)) for name in own_models()]
    found = [f"{kind.__module__}.{kind.__qualname__}" for kind in made]
    return found + [name for kind in made for name in getattr(kind, "model_file_types", ())]


def _entry(name: str) -> EntryPoint:
    """The one entry point of this name."""
    found = list(entry_points(group=GROUP, name=name))
    if len(found) != 1:
        raise UsageError(
            f"model '{name}' is offered by {len(found)} installed packages "
            f"({', '.join(map(_said, found))}). Remove all but one of them."
        )
    return found[0]


def _said(entry: EntryPoint) -> str:
    """The package of an entry point."""
    return f"package {entry.dist.name}" if entry.dist is not None else entry.value
