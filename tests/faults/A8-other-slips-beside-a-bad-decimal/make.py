"""A cell that cannot be read hides nothing: a misspelt code beside it is told in the same pass.

Of the cell itself only reading speaks: age is required, and no rule calls it missing. The first
patient's site says a unit that is none; the second record makes the site's row.
"""

from pathlib import Path


def make(folder: Path) -> None:
    lines = [
        "number;age;sex;unit",
        "1;31;female;um2",
        "2;47;female;none",
        "3;1.10;femal;none",
        "4;50\u200b;mal;none",
        "5;1,10;mal;none",
    ]
    (folder / "patients.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
