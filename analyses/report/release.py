"""Results as the audience of their provenance may see them.

Belongs here: which counts the report holds, how they add up, what hangs on a hidden one.
Does not belong here: the rule itself (`analyses.disclosure`), words (`analyses.report.words`).
Everything after this module sees released numbers only.
"""

import copy
import re
from collections.abc import Sequence
from typing import Any

from analyses.disclosure import Audience, Shown, audience_for, disclose
from analyses.report.centre_counts import (
    collect_centres,
    collect_left_out,
    withhold_centres,
)
from analyses.report.described_counts import withhold_hidden, withhold_small
from analyses.report.further_counts import (
    collect_further,
    leave_out_events,
    withhold_further,
)
from analyses.report.merging import leave_out_breakdown, merge_small_steps
from analyses.report.pattern_counts import collect_patterns, leave_out_patterns, withhold_patterns
from analyses.report.reader_counts import collect_readers, withhold_readers
from analyses.report.roc_counts import withhold_rocs
from analyses.report.said_counts import cut_smooth, withhold_groups, withhold_said
from analyses.report.specified_counts import withhold_typical
from analyses.report.time_counts import collect_times, withhold_times

Path = tuple[str | int, ...]
KEPT: tuple[Path, ...] = (
    ("data", "used"),
    ("outcome", "n"),
    ("verdict", "n"),
    ("data", "rows"),
    ("outcome", "events"),
    ("outcome", "non_events"),
    ("verdict", "events"),
)
#: A reason that begins with a small count: of patients, of events at a horizon.
_SMALL_FIRST = re.compile(r"(n = )?[1-4] ")
WITHHELD = "A statement about numbers that are too small to be shown."
TOO_FEW = "Too few patients, or too few with the outcome, for any model; how few is not told."


class _Counts:
    """Counts by their path in the results, and the sums that hold between them."""

    def __init__(self) -> None:
        self.values: dict[Path, int] = {}
        self.sums: list[tuple[Path, Sequence[Path]]] = []

    def add(self, node: Any, path: Path, *names: str) -> None:
        """Take in the named counts of one object."""
        for name in names:
            if isinstance(node.get(name), int):
                self.values[(*path, name)] = node[name]

    def remainder(self, total: Path, part: Path, name: str) -> None:
        """Take in what is left of a total: a reader can subtract."""
        if total in self.values and part in self.values:
            left = self.values[total] - self.values[part]
            if left >= 0:
                self.values[("left", name, *part)] = left
                self.sums.append((total, [part, ("left", name, *part)]))

    def link(self, total: Path, parts: Sequence[Path]) -> None:
        """Note a sum, where it holds: then a reader can use it too."""
        known = total in self.values and parts and all(part in self.values for part in parts)
        if known and sum(self.values[part] for part in parts) == self.values[total]:
            self.sums.append((total, list(parts)))


def release(results: dict[str, Any], *, audience: Audience | None = None) -> dict[str, Any]:
    """Copy of the results in which every count has passed disclosure control.

    Parameters
    ----------
    results
        As read from `results.json`; not changed.
    audience
        None takes the one of the provenance of the rows.

    Returns
    -------
    dict
        The same keys; counts are int, `Small` or `Hidden`. Medians, standardised differences and
        calibration groups that rest on an unseen count are None or left out, sentences that
        quote one are withheld. `audience` is added, and `outcome.non_events`.
    """
    page = copy.deepcopy(results)
    provenance = page["cohort"]["provenance"]
    for_whom: Audience = audience or audience_for(provenance)
    outcome = page["outcome"]
    if isinstance(outcome.get("events"), int) and isinstance(outcome.get("n"), int):
        outcome["non_events"] = outcome["n"] - outcome["events"]
    if for_whom == "internal":
        merge_small_steps(page)
        leave_out_events(page)
        leave_out_patterns(page)
        withhold_small(page)
        if outcome.get("classes"):
            leave_out_breakdown(page)
    counts = _collect(page)
    classes = [("outcome", "classes", i, "n") for i in range(len(outcome.get("classes") or []))]
    shown = disclose(
        counts.values,
        sums=counts.sums,
        audience=for_whom,
        provenance=provenance,
        keep=(*KEPT, *classes),
    )
    for path, count in shown.items():
        if path[0] not in ("left", "bin"):
            _put(page, path, count)
    page["audience"] = for_whom
    if for_whom == "internal":
        _withhold(page, counts.values, shown)
    return page


def _collect(page: dict[str, Any]) -> _Counts:
    """Every count of the report with its sums."""
    counts = _Counts()
    counts.add(page["data"], ("data",), "rows", "used")
    counts.add(page["outcome"], ("outcome",), "n", "events", "non_events")
    counts.add(page["verdict"], ("verdict",), "n", "events")
    _classes(counts, page)
    used: Path = ("data", "used")
    for same in (("outcome", "n"), ("verdict", "n")):
        counts.link(used, [same])
    counts.link(("outcome", "n"), [("outcome", "events"), ("outcome", "non_events")])
    for side in ("events", "non_events"):
        counts.link(("outcome", side), [("verdict", "events")])
    _flow(counts, page)
    for i, row in enumerate(page["cohort"]["table_one"]):
        _table_one_row(counts, row, ("cohort", "table_one", i), _sizes(page))
    first = {row["variable"]: i for i, row in reversed([*enumerate(page["cohort"]["table_one"])])}
    for i, row in enumerate(page["cohort"]["missingness"]):
        _missing_row(counts, row, ("cohort", "missingness", i))
        if row["column"] in first:
            _same_variable(counts, page, first[row["column"]], i)
    collect_centres(counts, page)
    for i, model in enumerate(page["models"]):
        for path, curve in _calibrations(model, i):
            _calibration(counts, curve, path)
        collect_left_out(counts, page, model, i)
    collect_further(counts, page)
    collect_times(counts, page)
    collect_readers(counts, page)
    collect_patterns(counts, page)
    return counts


def _classes(counts: _Counts, page: dict[str, Any]) -> None:
    """Cases of each class, those that joined the rest, and the smallest class of the verdict."""
    root: Path = ("outcome", "classes")
    classes = page["outcome"].get("classes") or []
    places = [(*root, i, "n") for i in range(len(classes))]
    for i, row in enumerate(classes):
        counts.add(row, (*root, i), "n")
        counts.link((*root, i, "n"), [("verdict", "events")])
    counts.link(("outcome", "n"), places)
    if page["outcome"].get("kind") == "ordinal":
        _joined_grades(counts, page, places)
        return
    merged = page["outcome"].get("merged") or []
    for i, row in enumerate(merged):
        counts.add(row, ("outcome", "merged", i), "n")
    rest = (page["plan"].get("outcome") or {}).get("rest")
    for i, row in enumerate(classes):
        if row["class"] == rest and merged:
            joined = sum(part["n"] for part in merged)
            own: Path = ("left", "own", *root, i)
            counts.values[own] = row["n"] - joined
            parts = [("outcome", "merged", j, "n") for j in range(len(merged))]
            counts.link((*root, i, "n"), [own, *parts])


def _joined_grades(counts: _Counts, page: dict[str, Any], places: list[Path]) -> None:
    """The side of the middle that the verdict counts, and the grades that stand together."""
    for cut in range(1, len(places)):
        for side in (places[:cut], places[cut:]):
            counts.link(("verdict", "events"), side)
    merged = page["outcome"].get("merged") or []
    for i, row in enumerate(merged):
        counts.add(row, ("outcome", "merged", i), "n")
    for i, row in enumerate(page["outcome"]["classes"]):
        low, _, high = row["class"].partition(" to ")
        parts: list[Path] = [
            ("outcome", "merged", j, "n")
            for j, part in enumerate(merged)
            if high and float(low) <= float(part["class"]) <= float(high)
        ]
        if parts:
            counts.link(("outcome", "classes", i, "n"), parts)


def _flow(counts: _Counts, page: dict[str, Any]) -> None:
    """Exclusions and attrition."""
    excluded: list[Path] = []
    for i, row in enumerate(page["data"]["excluded"]):
        counts.add(row, ("data", "excluded", i), "n")
        excluded.append(("data", "excluded", i, "n"))
    counts.link(("data", "rows"), [("data", "used"), *excluded])
    steps = page["cohort"]["attrition"]
    root: Path = ("cohort", "attrition")
    for i, row in enumerate(steps):
        counts.add(row, (*root, i), "n_before", "n_out", "n_after")
        counts.link((*root, i, "n_before"), [(*root, i, "n_out"), (*root, i, "n_after")])
        if i:
            counts.link((*root, i, "n_before"), [(*root, i - 1, "n_after")])
        for j, path in enumerate(excluded):
            if page["data"]["excluded"][j]["reason"] == row["step"]:
                counts.link((*root, i, "n_out"), [path])
    if steps:
        counts.link(("data", "rows"), [(*root, 0, "n_before")])
        counts.link(("data", "used"), [(*root, len(steps) - 1, "n_after")])


def _sizes(page: dict[str, Any]) -> dict[str, Path]:
    """Where the size of each group of Table 1 stands."""
    classes = page["outcome"].get("classes")
    if classes is None:
        return {"yes": ("outcome", "events"), "no": ("outcome", "non_events")}
    return {row["class"]: ("outcome", "classes", i, "n") for i, row in enumerate(classes)}


def _table_one_row(
    counts: _Counts, row: dict[str, Any], path: Path, sizes: dict[str, Path]
) -> None:
    """One variable: its groups, their levels, and what is missing in each."""
    counts.add(row, path, "n", "missing")
    counts.link(("data", "used"), [(*path, "n"), (*path, "missing")])
    places: dict[str, Path] = {}
    levels: dict[tuple[str, str], Path] = {}
    for g, group in enumerate(row["groups"]):
        here: Path = (*path, "groups", g)
        places[group["group"]] = here
        counts.add(group, here, "n")
        parts: list[Path] = []
        for k, level in enumerate(group.get("levels") or []):
            counts.add(level, (*here, "levels", k), "n")
            levels[level["level"], group["group"]] = (*here, "levels", k, "n")
            parts.append((*here, "levels", k, "n"))
        counts.link((*here, "n"), parts)
    if "overall" not in places:
        return
    counts.link((*path, "n"), [(*places["overall"], "n")])
    apart = [group for group in places if group != "overall"]
    counts.link((*places["overall"], "n"), [(*places[group], "n") for group in apart])
    for group in apart:
        if group in sizes:
            counts.remainder(sizes[group], (*places[group], "n"), "missing")
    for name in dict.fromkeys(level for level, _ in levels):
        sides = [levels[name, g] for g in apart if (name, g) in levels]
        if (name, "overall") in levels:
            counts.link(levels[name, "overall"], sides)


def _missing_row(counts: _Counts, row: dict[str, Any], path: Path) -> None:
    """One predictor: recorded, missing, and its states."""
    counts.add(row, path, "n", "recorded", "missing")
    counts.link((*path, "n"), [(*path, "recorded"), (*path, "missing")])
    counts.link(("data", "used"), [(*path, "n")])
    for i, state in enumerate(row["states"]):
        counts.add(state, (*path, "states", i), "n")
    counts.link((*path, "n"), [(*path, "states", i, "n") for i in range(len(row["states"]))])


def _same_variable(counts: _Counts, page: dict[str, Any], one: int, other: int) -> None:
    """Table 1 and the table of missing values tell the same counts of a column."""
    row, states = page["cohort"]["table_one"][one], page["cohort"]["missingness"][other]["states"]
    left: Path = ("cohort", "table_one", one)
    right: Path = ("cohort", "missingness", other)
    counts.link((*left, "n"), [(*right, "recorded")])
    counts.link((*left, "missing"), [(*right, "missing")])
    for g, group in enumerate(row["groups"]):
        if group["group"] != "overall":
            continue
        for k, level in enumerate(group.get("levels") or []):
            for i, state in enumerate(states):
                if state["state"] == level["level"]:
                    there = (*right, "states", i, "n")
                    counts.link((*left, "groups", g, "levels", k, "n"), [there])


def _calibrations(model: dict[str, Any], i: int) -> list[tuple[Path, dict[str, Any]]]:
    """Every calibration figure of a model with its place."""
    curves = model.get("curves") or {}
    found: list[tuple[Path, dict[str, Any]]] = []
    if curves.get("calibration"):
        found.append((("models", i, "curves", "calibration"), curves["calibration"]))
    for k, row in enumerate(model.get("horizons") or []):
        if row.get("calibration"):
            found.append((("models", i, "horizons", k, "calibration"), row["calibration"]))
    for k, row in enumerate(curves.get("by_class") or []):
        if row.get("calibration"):
            path = ("models", i, "curves", "by_class", k, "calibration")
            found.append((path, row["calibration"]))
    return found


def _calibration(counts: _Counts, curve: dict[str, Any], path: Path) -> None:
    """Groups of a calibration figure and bars of its histogram."""
    for i, group in enumerate(curve.get("bins") or []):
        counts.add(group, (*path, "bins", i), "n")
        here: Path = ("bin", *path, i)
        counts.values[here] = round(group["observed"] * group["n"])
        counts.remainder((*path, "bins", i, "n"), here, "no event")
    for i, bar in enumerate(curve.get("histogram") or []):
        counts.add(bar, (*path, "histogram", i), "events", "non_events")


def _put(page: dict[str, Any], path: Path, count: Shown) -> None:
    """Write one released count to its place."""
    node: Any = page
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = count


def _withhold(page: dict[str, Any], raw: dict[Path, int], shown: dict[Path, Shown]) -> None:
    """Take away what hangs on unseen counts."""
    unseen = {path for path, count in shown.items() if not isinstance(count, int)}
    for row in page["cohort"]["table_one"]:
        groups = row["groups"]
        counted = [g["n"] for g in groups]
        counted += [level["n"] for g in groups for level in g.get("levels") or []]
        if not all(isinstance(n, int) for n in counted):
            row["smd"] = None
        for group in groups:
            if "median" in group and not (isinstance(group["n"], int) and group["n"] > 0):
                group.update(median=None, q1=None, q3=None)
    for i, model in enumerate(page["models"]):
        for root, curve in _calibrations(model, i):
            for j in reversed(range(len(curve.get("bins") or []))):
                mine = {
                    (*root, "bins", j, "n"),
                    ("bin", *root, j),
                    ("left", "no event", "bin", *root, j),
                }
                if mine & unseen:
                    del curve["bins"][j]
            cut_smooth(curve)
        withhold_groups(model)
        withhold_centres(model)
        withhold_typical(page, model, raw)
    withhold_rocs(page, raw)
    withhold_further(page, unseen)
    withhold_times(page)
    withhold_readers(page, raw)
    withhold_patterns(page)
    withhold_hidden(page)
    if unseen & {("verdict", "n"), ("verdict", "events"), ("outcome", "events")}:
        page["verdict"].update(minimum_n=None, events_per_parameter=None, r2_anticipated=None)
    whole = {path for path in unseen if path[0] in ("data", "outcome", "verdict")}
    instead = TOO_FEW if page["verdict"]["level"] == "describe_only" else WITHHELD
    said = [
        instead if _quotes(r, raw, whole) or _SMALL_FIRST.match(r) else r
        for r in page["verdict"]["reasons"]
    ]
    page["verdict"]["reasons"] = list(dict.fromkeys(said))
    withhold_said(page)
    for warning in page["warnings"]:
        if _quotes(warning["message"], raw, unseen):
            warning["message"] = WITHHELD


def _quotes(sentence: str, raw: dict[Path, int], paths: set[Path]) -> bool:
    """Whether a sentence holds the number of one of the unseen counts."""
    numbers = set(re.findall(r"(?<![\d.])\d+(?!\.?\d)", sentence))
    return any(str(raw[path]) in numbers for path in paths if raw[path])
