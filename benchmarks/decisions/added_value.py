"""What the claims under V4 cost: differences only, and by the whole protocol.

Belongs here: seconds of the six comparisons on a simulated registry.
Does not belong here: the comparisons (`analyses.ledger.added_value`).
Run: PYTHONPATH=. python benchmarks/decisions/added_value.py [--cases 420]
"""

import argparse
import time

from analyses.cohort import availability_of_columns
from analyses.endpoints import availability_of_endpoints
from analyses.ledger.added_value import COMPARISONS, added_values, plan_of
from analyses.protocol import run_plan
from tests.analyses.simulated_frames import simulated_frames


def main() -> None:
    """Print seconds of a processor for the differences and for the whole protocol."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=420)
    cases = simulated_frames(cases=parser.parse_args().cases, seed=1)["cases"]
    known = availability_of_columns() | availability_of_endpoints()
    begun = time.process_time()
    added_values(cases, provenance="simulated", availability=known)
    print(f"differences only: {time.process_time() - begun:.1f} s of a processor")
    begun = time.process_time()
    for asked in COMPARISONS:
        plan = plan_of(asked, "simulated", known)
        run_plan(plan, cases, availability=known, stamp={})
    print(f"whole protocol: {time.process_time() - begun:.1f} s of a processor")


if __name__ == "__main__":
    main()
