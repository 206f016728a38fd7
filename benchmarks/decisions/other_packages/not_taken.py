"""Facts about packages that were looked at and not taken: licence, needs, weight, one result.

Belongs here: what their metadata and one small run say. Does not belong here: opinions.
Run: python benchmarks/decisions/other_packages/not_taken.py (downloads some 2 GB with --mirp)
"""

import sys
from pathlib import Path

from rooms import ask, pip, room

FACTS = """
import importlib.metadata as m, sys
for name in sys.argv[1:]:
    d = m.metadata(name)
    needs = [r for r in d.get_all("Requires-Dist") or [] if r.startswith(("pandas", "great"))]
    print(f"{name} {d['Version']}: {d['License-Expression'] or d['License']}; needs {needs}")
"""
#: R 4.2.2, survival 3.5.3: coxph with its default (Efron), and the survival of one case at 12, 36
#: and 60 months, on tests/oracles/cohort.csv
R_COEFFICIENTS = (0.001956010747, 0.899469577476, -0.441961348551, 0.050997110462)
R_SURVIVAL = (0.595916869536, 0.245469312748, 0.074464252293)
COX = """
import sys, pandas as pd
from lifelines import CoxPHFitter
terms = ["age", "illdef", "gtr", "mcc"]
cohort = pd.read_csv(sys.argv[1])
cohort["any"] = (cohort["event"] > 0).astype(int)
model = CoxPHFitter().fit(cohort[["time", "any", *terms]], "time", "any")
case = pd.DataFrame([[40, 1, 0, 2]], columns=terms)
print(*model.params_, *model.predict_survival_function(case, times=[12, 36, 60]).to_numpy().ravel())
"""
EXTRACT = """
import importlib.metadata as m, numpy as np, SimpleITK as sitk
from radiomics import featureextractor
image = sitk.GetImageFromArray(np.random.default_rng(0).normal(100, 20, (20, 20, 20)))
mask = np.zeros((20, 20, 20), np.uint8)
mask[5:15, 5:15, 5:15] = 1
found = featureextractor.RadiomicsFeatureExtractor().execute(image, sitk.GetImageFromArray(mask))
print(f"{m.version('pyradiomics')} with numpy {np.__version__} gives {len(found)} values")
"""
COHORT = Path(__file__).parents[3] / "tests" / "oracles" / "cohort.csv"


def lifelines_beside_r(python: Path) -> str:
    """Largest differences of the Cox model of lifelines from that of R, on data with ties."""
    found = [float(word) for word in ask(python, COX, str(COHORT)).split()]
    terms = max(abs(a - b) for a, b in zip(found[:4], R_COEFFICIENTS, strict=True))
    risks = [f"{a:.4f} ({b:.4f})" for a, b in zip(found[4:], R_SURVIVAL, strict=True)]
    return f"coefficients within {terms:.0e}; survival (R in brackets) {', '.join(risks)}"


def main() -> None:
    """Print the facts."""
    with room("lifelines", "scikit-survival") as python:
        print(ask(python, FACTS, "lifelines", "scikit-survival"))
        print(f"lifelines beside R: {lifelines_beside_r(python)}")
    with room("dagster-ge") as python:
        print(ask(python, FACTS, "dagster-ge"))
    with room("numpy>=2") as python:
        for more in ((), ("--no-build-isolation",)):
            if more:
                pip(python, "install", "setuptools", "wheel", "cython", "versioneer")
            done = pip(python, "install", "--no-cache-dir", *more, "pyradiomics")
            ended = "not installed" if done.returncode else ask(python, EXTRACT)
            print(f"pip install {' '.join((*more, 'pyradiomics'))}: {ended}")
    if "--mirp" in sys.argv:
        with room("mirp") as python:
            kept = python.parents[1] / "lib"
            size = sum(file.stat().st_size for file in kept.rglob("*") if file.is_file())
            print(f"{ask(python, FACTS, 'mirp')}; {size / 1e9:.1f} GB installed")


if __name__ == "__main__":
    main()
