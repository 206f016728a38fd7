"""Scales of function: which exist, their versions, ranges and direction.

Belongs here: every scale with its versions, lowest and highest score, step and direction; the
wording of the McCormick grades, original and modified.
Does not belong here: the rule that judges a score (`schemas.rules.functional_status`), endpoints
(`analyses.endpoints`).
No map between two scales or versions is given: the literature has none without loss. McCormick
original and modified share numbers, not meanings, and neither covers bladder or bowel
(`klekamp_sphincter` does).
"""

from dataclasses import dataclass

from schemas.vocabulary import UNKNOWN, Value, vocabulary


@dataclass(frozen=True)
class Scale:
    """One scale under one version; `version` is empty where there is only one.

    `grades` are the meanings of single scores, where the version defines them.
    """

    code: str
    version: str
    low: int
    high: int
    definition: str
    better: str
    step: int = 1
    grades: tuple[tuple[int, str], ...] = ()
    source: str = ""


SCALES: tuple[Scale, ...] = (
    Scale(
        "mccormick",
        "original_1_4",
        1,
        4,
        "McCormick grade, original",
        "lower",
        grades=(
            (
                1,
                "normal, or a small focal deficit or reflex change that limits no limb; walks well",
            ),
            (
                2,
                "sensory or motor deficit that limits the limb, unsteady gait, or severe pain or "
                "dysaesthesia; still walks and is independent",
            ),
            (
                3,
                "larger deficit; cane or brace to walk, or both arms clearly weak; may need help",
            ),
            (4, "severe deficit; wheelchair, or a walking aid and both arms; usually dependent"),
        ),
        source="McCormick 1990; NINDS F2269",
    ),
    Scale(
        "mccormick",
        "modified_1_5",
        1,
        5,
        "McCormick grade, modified",
        "lower",
        grades=(
            (1, "intact, walks normally, at most slight dysaesthesia"),
            (2, "mild sensory or motor deficit, independent"),
            (3, "moderate deficit, independent with an aid"),
            (4, "severe deficit, dependent on others"),
            (5, "paraplegia or tetraplegia, even with a flicker of movement"),
        ),
        source="endo2022",
    ),
    Scale(
        "mjoa",
        "mjoa_18",
        0,
        18,
        "modified Japanese Orthopaedic Association score",
        "higher",
    ),
    Scale("asia", "ais_a_e", 1, 5, "ASIA impairment scale, A = 1 to E = 5", "higher"),
    Scale("frankel", "", 1, 5, "Frankel grade, A = 1 to E = 5", "higher"),
    Scale("nurick", "", 0, 5, "Nurick grade of gait", "lower"),
    Scale("kps", "", 0, 100, "Karnofsky performance status", "higher", step=10),
    Scale("lansky", "", 0, 100, "Lansky performance status of children", "higher", step=10),
    Scale("ecog", "", 0, 5, "ECOG performance status", "lower"),
    Scale("klekamp_sensory", "", 0, 5, "Klekamp sensory score", "higher"),
    Scale("klekamp_motor", "", 0, 5, "Klekamp motor score", "higher"),
    Scale("klekamp_gait", "", 0, 5, "Klekamp gait score", "higher"),
    Scale("klekamp_sphincter", "", 0, 5, "Klekamp sphincter score", "higher"),
)

#: Scales whose version has a name.
VERSIONED = tuple(dict.fromkeys(scale.code for scale in SCALES if scale.version))

_IN_VERSION_1 = ("mccormick", "mjoa", "asia", "kps", "ecog")


def _said(scale: Scale) -> str:
    """A scale in words: what it is, its range, which end is better."""
    steps = f" by {scale.step}" if scale.step > 1 else ""
    return f"{scale.definition}, {scale.low} to {scale.high}{steps}, {scale.better} is better"


def _scale_values() -> tuple[Value, ...]:
    """One value per scale; McCormick's range is that of its versions."""
    found: dict[str, Value] = {}
    for scale in SCALES:
        since = "1" if scale.code in _IN_VERSION_1 else "2"
        text = "McCormick grade; its range is that of the version, lower is better"
        text = text if scale.code == "mccormick" else _said(scale)
        found.setdefault(scale.code, Value(scale.code, text, since))
    return tuple(found.values())


SCALE = vocabulary("scale", *_scale_values())
SCALE_VERSION = vocabulary(
    "scale_version",
    ("original_1_4", "McCormick 1990, four grades"),
    ("modified_1_5", "modified McCormick, five grades; no lossless map to the original"),
    ("mjoa_18", "0 to 18"),
    ("ais_a_e", "A = 1 to E = 5"),
    UNKNOWN,
)
MCCORMICK_VERSION = vocabulary(
    "mccormick_version",
    ("original_1_4", "McCormick 1990, four grades"),
    ("modified_1_5", "modified McCormick, five grades"),
    UNKNOWN,
)
