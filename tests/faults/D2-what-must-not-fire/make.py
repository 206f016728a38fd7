"""Terms, codes, levels, digests and measured values that look like identifiers and are none."""

from pathlib import Path

from tests.support.folders import add, announce, clean


def make(folder: Path) -> None:
    clean(folder)
    for number, cell in enumerate(CORPUS, start=3):
        add(folder, "pathology", pathology_id=f"H{number}", h3_k27m=cell)
    announce(folder)


#: Each is no code of this column (R005), and no identifier.
CORPUS = [
    "C5", "C6", "T2", "T8", "L1-L2", "C3-T1", "T2*", "Ki-67", "McCormick", "Nurick", "Simpson",
    "von Hippel-Lindau", "Brown-Sequard", "H3 K27M", "9391/3", "C72.0", "D33.4", "GTR",
    "PMC8328013", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "c-svazh2y4at6cpclnibsdtq5qkg", "0.9434765919", "12.1234567890",
    "git-master-3f2a9bc0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6",
]  # fmt: skip
