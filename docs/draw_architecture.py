"""The picture of the house and its table of imports, made from the code and from nothing else.

Belongs here: reading the import graph and the asset graph, drawing them, writing the picture and
the marked parts of `architecture.md` (`make docs`), or only comparing (`make docs-check`).
Does not belong here: the sentences of that page (typed by hand), the look of figures
(`analyses.figures.style`).
"""

import itertools
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import grimp
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from analyses.figures.style import BLUE, GREY, INK, RULE, VERMILION, house_style, svg_file, to_svg
from orchestration.definitions import build_definitions
from warehouse.home import Home

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).parent / "architecture.md"
PICTURE = Path(__file__).parent / "images" / "architecture.svg"

WIDTH = 4.6  # inches; 375 pixels shrink the 10 points of the text to some 8
EDGE = 0.12  # between the boxes and the border
GAP = 0.5  # between floors, for the arrows
CHIP = 0.3
STEP = 0.52  # from one layer of the data's way to the next
ARROW = {"arrowstyle": "-|>", "lw": 1.6, "mutation_scale": 12, "shrinkA": 0, "shrinkB": 0}
#: Drawn beside the way instead of on it: refused rows, and facts that no site delivered.
BESIDE = {"quarantine": "core", "reference": "analysis"}
#: The folder from which the first asset reads: no asset, so the asset graph has no name for it.
SOURCE = "landing"

Edges = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class House:
    """What the picture shows: floors from top to bottom, who imports whom, the data's way."""

    floors: tuple[tuple[str, ...], ...]
    titles: dict[str, str]
    parts: dict[str, tuple[str, ...]]
    #: From package to package.
    imports: Edges
    #: From package or main part of one to package or main part of one.
    part_imports: Edges
    #: From layer to layer: what is made before what.
    way: Edges


def read_house() -> House:
    """The house as the code has it now."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = settings["tool"]["importlinter"]
    layers = next(c["layers"] for c in contract["contracts"] if c["type"] == "layers")
    floors = tuple(tuple(name.strip() for name in layer.split("|")) for layer in layers)
    graph = grimp.build_graph(*contract["root_packages"], cache_dir=None)
    packages = list(itertools.chain(*floors))
    parts = {
        package: tuple(
            sorted(m for m in graph.find_children(package) if len(graph.find_descendants(m)) > 1)
        )
        for package in packages
    }
    found = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
    }
    units = {unit for package in packages for unit in (package, *parts[package])}
    return House(
        floors=floors,
        titles={p: str(import_module(p).__doc__).split("\n")[0] for p in packages},
        parts=parts,
        imports=_between(found, set(packages)),
        part_imports=_between(found, units),
        way=_layers(),
    )


def _between(found: set[tuple[str, str]], units: set[str]) -> Edges:
    """Imports between units, each module counted for the innermost unit that holds it."""

    def unit(module: str) -> str:
        names = module.split(".")
        above = (".".join(names[:n]) for n in range(len(names), 0, -1))
        return next(name for name in above if name in units)

    pairs = {(unit(importer), unit(imported)) for importer, imported in found}
    return frozenset((a, b) for a, b in pairs if a != b)


def _layers() -> Edges:
    """Which group of assets needs which other one, as Dagster has it."""
    with tempfile.TemporaryDirectory() as folder:
        graph = build_definitions(Home(Path(folder))).resolve_asset_graph()
    pairs = {
        (str(graph.get(parent).group_name), str(graph.get(key).group_name))
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
    }
    return frozenset((a, b) for a, b in pairs if a != b)


def reduced(edges: Edges) -> Edges:
    """The edges that no longer way through other edges replaces."""

    def reach(start: str, *, without: tuple[str, str]) -> set[str]:
        reached, waiting = set[str](), [start]
        while waiting:
            here = waiting.pop()
            following = {b for a, b in edges if a == here and (a, b) != without} - reached
            reached |= following
            waiting += sorted(following)
        return reached

    return frozenset(edge for edge in edges if edge[1] not in reach(edge[0], without=edge))


def ranks(way: Edges) -> list[str]:
    """The layers on the way itself, first to last."""
    names = sorted(set(itertools.chain(*way)))
    rank = dict.fromkeys(names, 0)
    for _ in names:  # the longest way to a layer has fewer steps than there are layers
        for a, b in sorted(way):
            rank[b] = max(rank[b], rank[a] + 1)
    return [SOURCE, *sorted((n for n in names if n not in BESIDE), key=lambda n: (rank[n], n))]


Box = tuple[float, float, float, float]  # left, top, width, height; inches from the top left


def draw(house: House) -> str:
    """The picture as a standalone SVG file."""
    with house_style():
        boxes = _places(house)
        height = max(top + tall for _, top, _, tall in boxes.values()) + 0.65
        figure = Figure(figsize=(WIDTH, height))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, WIDTH)
        axes.set_ylim(height, 0)
        axes.set_axis_off()
        for a, b in sorted(reduced(house.imports)):
            _arrow_down(axes, boxes[a], boxes[b])
        for package, box in sorted(boxes.items()):
            _package(axes, house, package, box)
        _way(axes, house.way, boxes["assets"], house)
        _legend(axes, height)
        drawn = to_svg(figure, name="house", provenance=None)
    svg = svg_file(drawn, title="The house and the data's way", description=alt_text(house))
    return "\n".join(line.rstrip() for line in svg.decode().splitlines()) + "\n"


def _places(house: House) -> dict[str, Box]:
    """Where each package stands: a floor per layer of the contract, its packages side by side."""
    boxes: dict[str, Box] = {}
    top = EDGE
    for floor in house.floors:
        # the production line needs room for the data's way
        shares = [1.75 if name == "assets" else 1.0 for name in floor]
        room = WIDTH - EDGE * (len(floor) + 1)
        widths = [room * share / sum(shares) for share in shares]
        tall = max(_height(house, n, w) for n, w in zip(floor, widths, strict=True))
        left = EDGE
        for name, wide in zip(floor, widths, strict=True):
            boxes[name] = (left, top, wide, tall)
            left += wide + EDGE
        top += tall + GAP
    return boxes


def _words(house: House, package: str, width: float) -> Iterator[tuple[str, str]]:
    """Lines of a box with their colour: what lives there, its main parts."""
    fits = int(width * 11.2)
    for line in textwrap.wrap(house.titles[package].split(":")[0].rstrip("."), fits):
        yield line, GREY
    if house.parts[package]:
        names = " · ".join(part.partition(".")[2] + "/" for part in house.parts[package])
        for line in textwrap.wrap(names, fits, break_on_hyphens=False):
            yield line, BLUE


def _height(house: House, package: str, width: float) -> float:
    """Height of a box: its lines, and the way where it stands."""
    way = (len(ranks(house.way)) - 1) * STEP + CHIP + 0.2 if package == "assets" else 0.0
    return 0.42 + 0.19 * len(list(_words(house, package, width))) + way


def _package(axes: Axes, house: House, package: str, box: Box) -> None:
    """One box with its lines."""
    left, top, wide, tall = box
    style = "round,pad=0,rounding_size=0.06"
    axes.add_patch(
        FancyBboxPatch((left, top), wide, tall, boxstyle=style, fc="#f5f7f9", ec=GREY, lw=1)
    )
    axes.text(left + 0.1, top + 0.22, package + "/", weight="bold", fontsize=11, va="center")
    for place, (line, colour) in enumerate(_words(house, package, wide)):
        where = (left + 0.1, top + 0.42 + 0.19 * place)
        axes.text(*where, line, color=colour, fontsize=9.5, va="center")


def _arrow_down(axes: Axes, start: Box, end: Box) -> None:
    """An import: from the lower edge of a box to the upper edge of one below."""
    low = max(start[0], end[0])
    high = min(start[0] + start[2], end[0] + end[2])
    if high - low > 0.3:  # one stands above the other
        x = to_x = (low + high) / 2
    elif start[0] > end[0]:
        x, to_x = start[0] + 0.2, end[0] + end[2] - 0.2
    else:
        x, to_x = start[0] + start[2] - 0.2, end[0] + 0.2
    axes.annotate(
        "",
        (to_x, end[1]),
        (x, start[1] + start[3]),
        arrowprops={"color": BLUE, **ARROW},
    )


def _way(axes: Axes, way: Edges, box: Box, house: House) -> None:
    """The data's way inside the production line."""
    left, top, wide, _ = box
    first = top + 0.42 + 0.19 * len(list(_words(house, "assets", wide))) + 0.1
    chip = (wide - 0.2 - 0.35) / 2
    order = ranks(way)
    places: dict[str, Box] = {
        name: (left + 0.1, first + STEP * place, chip, CHIP) for place, name in enumerate(order)
    }
    for name, neighbour in BESIDE.items():
        places[name] = (left + wide - 0.1 - chip, places[neighbour][1], chip, CHIP)
    for a, b in sorted({(SOURCE, order[1]), *_shown(way, order)}):
        _step(axes, places[a], places[b])
    for name, (x, y, w, h) in sorted(places.items()):
        line = "--" if name == SOURCE else "-"
        style = "round,pad=0,rounding_size=0.12"
        axes.add_patch(
            FancyBboxPatch((x, y), w, h, boxstyle=style, fc="white", ec=VERMILION, lw=1.2, ls=line)
        )
        axes.text(x + w / 2, y + h / 2, name, ha="center", va="center", fontsize=10)


def _shown(way: Edges, order: list[str]) -> Iterator[tuple[str, str]]:
    """The edges that are drawn: neighbours on the way, and those of the layers beside it."""
    for a, b in way:
        aside = a in BESIDE or b in BESIDE
        if (aside and (a, b) in reduced(way)) or (a, b) in itertools.pairwise(order):
            yield a, b


def _step(axes: Axes, start: Box, end: Box) -> None:
    """One arrow of the data's way: down, to the side, or slanting back to the way."""
    (x, y, w, h), (to_x, to_y, to_w, to_h) = start, end
    if abs(x - to_x) < 0.01:
        ends = ((x + w / 2, y + h), (to_x + to_w / 2, to_y))
    elif abs(y - to_y) < 0.01:
        ends = ((x + w, y + h / 2), (to_x, to_y + to_h / 2))
    else:
        ends = ((x + w * 0.3, y + h), (to_x + to_w * 0.85, to_y))
    axes.annotate("", ends[1], ends[0], arrowprops={"color": VERMILION, **ARROW})


def _legend(axes: Axes, height: float) -> None:
    """What the two kinds of arrow say."""
    lines = (
        (BLUE, "imports; every floor may use any floor below it", 0.34),
        (VERMILION, "the data's way: is made before", 0.14),
    )
    for colour, words, up in lines:
        style = {"color": colour, **ARROW}
        axes.annotate("", (0.55, height - up), (EDGE, height - up), arrowprops=style)
        axes.text(0.65, height - up, words, fontsize=9.5, va="center", color=INK)
    axes.plot([EDGE, WIDTH - EDGE], [height - 0.48] * 2, color=RULE, lw=0.8)


def alt_text(house: House) -> str:
    """The picture in words, for who cannot see it."""
    floors = "; ".join(" and ".join(floor) for floor in house.floors)
    order = " to ".join(ranks(house.way))
    aside = ", ".join(f"{name} beside {by}" for name, by in BESIDE.items())
    return (
        f"The house: floors from top to bottom are {floors}; imports go down only. "
        f"Inside assets, the data's way goes from {order}, with {aside}."
    )


def table(house: House) -> str:
    """Who imports whom, by package and main part."""
    lines = ["| part | imports |", "|---|---|"]
    for package in itertools.chain(*house.floors):
        for part in (package, *house.parts[package]):
            given = sorted(b for a, b in house.part_imports if a == part)
            lines.append(f"| `{part}` | {', '.join(f'`{name}`' for name in given) or 'none'} |")
    return "\n".join(lines)


def with_generated(page: str, house: House) -> str:
    """The page with its marked parts written anew."""
    parts = {"picture": f"![{alt_text(house)}](images/architecture.svg)", "imports": table(house)}
    for name, text in parts.items():
        begin, end = f"<!-- made by make docs: {name} -->", f"<!-- end: {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not (found and closed):
            raise SystemExit(f"{PAGE.name}: the marks of {name!r} are missing")
        page = f"{before}{begin}\n{text}\n{end}{after}"
    return page


def main() -> None:
    """Write the picture and the page, or with `--check` say whether they are as the code is."""
    house = read_house()
    made = {PICTURE: draw(house), PAGE: with_generated(PAGE.read_text(encoding="utf-8"), house)}
    stale = [
        path.name
        for path, text in made.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" not in sys.argv[1:]:
        for path, text in made.items():
            path.write_text(text, encoding="utf-8")
    elif stale:
        raise SystemExit(f"not as the code is now: {', '.join(stale)}. Write it again: make docs")


if __name__ == "__main__":
    main()
