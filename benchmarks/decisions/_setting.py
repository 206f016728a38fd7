"""What a measurement was made with: the line every script of this folder prints first.

Belongs here: versions and the number of cores. Does not belong here: any measurement.
"""

import os
import platform
from importlib.metadata import version


def say_setting(*packages: str) -> None:
    """Print Python, the packages and the cores."""
    named = [f"{package} {version(package)}" for package in packages]
    print(", ".join([f"Python {platform.python_version()}", *named, f"{os.cpu_count()} cores"]))
