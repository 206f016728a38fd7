"""A raw export where the profile has labels: nothing of it is loaded, nothing is guessed."""

from pathlib import Path

from tests.support.folders import clean
from tests.support.redcap import announce_redcap, as_redcap


def make(folder: Path) -> None:
    clean(folder)
    as_redcap(folder)
    announce_redcap(folder, label=True)
