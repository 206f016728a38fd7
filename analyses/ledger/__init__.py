"""The claim ledger: what the cases of one cohort say about each claim of `analyses.claims`.

Belongs here: frames of a snapshot in, one document per cohort out; the copy of it that may be seen.
Does not belong here: the claims and their rules (`analyses.claims`, `analyses.claim_rules`), added
value (rule V4) and pages (`analyses.report`), files.

`evaluate_claims(frames, *, provenance, added_value)` takes the frames of `FRAMES` by name
("cases" is `analysis.cases`, the others are tables of `core`) and gives, as plain values:

    {"schema": "imsct.claims/1",
     "cohort": {"provenance": "simulated", "cases": 403},
     "tested": 23,                       statistics that Holm's correction runs over
     "claims": [{
        "id": "C05",
        "verdict": "reproduced",         a word of VERDICTS; None: nothing was computed
        "reason": "...",                 one or two sentences
        "statistics": [STATISTIC, ...],  in the order of the claim's own statistics
        "beside": [STATISTIC, ...]}],    without verdict, p_holm and a part in Holm's correction
     "not_testable": ["MRI is the cornerstone of the diagnosis.", ...]}

    STATISTIC = {
        "name", "rule", "side", "limit", "unit",    as declared (`analyses.claim_rules.Statistic`)
        "method": "...",                 of estimate, interval and p; None without estimate
        "assessable": 300,               cases in the statistic
        "not_assessable": 12,            cases it is about that lack a value it needs
        "groups": [{"label", "n", "events": int | None, "median": float | None}, ...],
        "estimate": 12.1,                odds ratio (V1), share or difference of shares (V2, 0 to 1)
                                         difference in `unit` (V3), difference of AUC (V4)
        "interval": [6.7, 25.5],         95 %; None with estimate None
        "p": 0.00001,                    two-sided, against no effect (V2: the bound) at every site;
                                         the interval is of the effect at an average site
        "p_holm": 0.0002,
        "sites": [{"site", "n", "estimate", "interval", "groups"}, ...],   estimate may be None
        "definitions": [{"definition", "n", "estimate", "interval", "groups"}, ...],   else []
        "i2": 0.12,                      between sites, 0 to 1; None below two sites
        "i2_definitions": None,          between definitions, likewise
        "verdict": "reproduced",
        "reason": "..."}

A statistic under V4 comes from outside: `added_value` maps (claim id, place of the statistic, from
0) to a STATISTIC of the same shape with a raw `p`; `name` to `unit`, `p_holm`, `verdict` and
`reason` are set here. Without it the statistic is there with its declared keys, no estimate and
verdict None. A given `reason` is kept where `estimate` is None and then means insufficient_data.

`release_claims(document, audience=None)` gives a copy with counts int, `Small` or `Hidden`
(`analyses.disclosure`); estimates that rest on an unseen count are None, and so are their intervals
and p. It adds "audience". Pages see nothing but such copies.
"""

from analyses.ledger.cases import FRAMES
from analyses.ledger.document import evaluate_claims
from analyses.ledger.released import release_claims

__all__ = ["FRAMES", "evaluate_claims", "release_claims"]
