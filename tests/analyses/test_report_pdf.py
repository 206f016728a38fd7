"""The printed report: the same words as the page, tagged, nothing cut, the same bytes each time."""

import hashlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
import pypdf
import pytest

from analyses.report import report_files
from analyses.report.pdf import to_pdf
from analyses.report.pdf.reading import Element, read
from tests.analyses.real_results import real
from tests.analyses.report_fixture import hostile, results

# With the browser: reports of real results are made once for both.
pytestmark = pytest.mark.xdist_group("browser")
ROOT = Path(__file__).parents[2]
CASES = ("published", "registry", "describe_only", "hostile", "classes", "times", "nobody")
#: Looks like commands of Typst, of TeX and of HTML, and like every kind of its markup.
MARKUP = '#eval("1+1") *bold* _em_ $x^2$ <label> @ref [x] `raw` // no /* no */ \\ = head - + "q"'
FRAME = """<!DOCTYPE html><html lang="en-GB"><head><title>T</title></head><body class="simulated">
<a class="skip" href="#summary">Skip</a><header><div class="band"><p><strong>Band.</strong> Research
use only.</p></div><div class="title"><p class="kicker">imsct report · snapshot <code>0f</code></p>
<h1>T</h1></div></header><main><section class="front"><h2 id="summary">Summary</h2><p>All.</p>
</section>{}</main><footer><p>Band.</p></footer></body></html>"""


@cache
def files(case: str) -> dict[str, bytes]:
    """Files of the report of one case."""
    if case == "hostile":
        return report_files(hostile())
    return report_files(real(case) if case in ("classes", "times", "nobody") else results(case))


@cache
def sheets(case: str) -> list[str]:
    """Text of every sheet, as whoever copies it gets it."""
    return _sheets(files(case)["report.pdf"])


def _sheets(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def _flat(text: str) -> str:
    return " ".join(text.split())


def _printed(inside: str) -> str:
    """Text of a page with this after its summary."""
    return _flat(" ".join(_sheets(to_pdf(FRAME.replace("{}", inside).encode()))))


def _structure(node: Any) -> Iterator[Any]:
    """Every element of the structure, from the top, in the order in which it is read."""
    if isinstance(node, pikepdf.Array):
        for each in node:
            yield from _structure(each)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _structure(node.K)


def _words(page: Element) -> Counter[str]:
    """Words that a page says, without the numbers behind its figures, which lie beside it."""
    text: list[str] = []

    def collect(element: Element, parent: str) -> None:
        for each in element.inside:
            if isinstance(each, str):
                text.append(each if element.tag != "svg" else " ")
            elif not (each.tag == "details" and element.tag == "figcaption") and each.tag != "nav":
                collect(each, element.tag)
        if element.tag not in ("span", "strong", "em", "code", "abbr", "a", "sup", "sub"):
            text.append(" ")

    collect(page, "")
    return Counter(re.findall(r"\w+", "".join(text).replace("\u00ad", "")))


@pytest.mark.parametrize("case", CASES)
def test_paper_says_what_the_page_says(case: str) -> None:
    page = read(files(case)["report.html"].decode())
    printed = "".join(sheets(case)).replace("\u00ad", "")
    words = Counter(re.findall(r"\w+", " ".join(sheets(case)).replace("\u00ad", "")))
    main = page.all("main")[0]
    lost = {word for word in _words(main) - words if word not in printed}
    assert not lost
    assert _flat(page.all("h1")[0].text()) in _flat(sheets(case)[0])
    # and no number that the page does not say; a sheet has one of its own
    drawn = " ".join(str(svg.inside[0]) for svg in page.all("svg"))
    said = {*_words(page), *re.findall(r"\w+", drawn), *map(str, range(len(sheets(case)) + 1))}
    assert not {word for word in words if word.isdigit()} - said


@pytest.mark.parametrize("case", CASES)
def test_first_sheet_is_the_summary_and_no_more(case: str) -> None:
    front, *rest = read(files(case)["report.html"].decode()).all("section")
    assert not _words(front) - Counter(re.findall(r"\w+", sheets(case)[0]))
    for section in rest:
        heading = section.all("h2")[0].text()
        assert not re.search(rf"^{re.escape(heading)}$", sheets(case)[0], re.MULTILINE)
    assert "Contents" in sheets(case)[1]


def test_what_a_reader_copies_is_whole() -> None:
    text, data = _flat(sheets("registry")[0]), results("registry")["data"]
    assert "Exploratory only: too few patients for a model to rely on" in text
    assert f"{data['used']} cases analysed of {data['rows']} in the data" in text
    assert "Gross total resection from preoperative findings" in text
    assert "office fine afflict ﬁ" in _printed("<p>office fine afflict ﬁ</p>")


@pytest.mark.parametrize("case", CASES)
def test_every_sheet_says_what_kind_of_data_and_where_it_belongs(case: str) -> None:
    header = read(files(case)["report.html"].decode()).all("header")[0]
    band, snapshot = header.all("strong")[0].text(), header.all("code")[0].text()
    for number, sheet in enumerate(sheets(case), 1):
        text = _flat(sheet)
        assert band in text
        assert "Research use only" in text
        assert f"page {number} of {len(sheets(case))}" in text
        assert snapshot in text


@pytest.mark.parametrize("case", CASES)
def test_contents_lead_to_the_sheet_where_the_section_begins(case: str) -> None:
    page = read(files(case)["report.html"].decode())
    listed = re.findall(r"^(.+?)(?: ?\.)+ ?(\d+)$", sheets(case)[1], re.MULTILINE)
    assert [name.strip() for name, _ in listed] == [a.text() for a in page.all("nav")[0].all("a")]
    for name, number in listed:
        assert name.strip() in _flat(sheets(case)[int(number) - 1])
    reader = pypdf.PdfReader(io.BytesIO(files(case)["report.pdf"]))
    bookmarks = [b.title for b in reader.outline if not isinstance(b, list)]
    assert bookmarks == [heading.text() for heading in page.all("h2")]


@pytest.mark.parametrize("case", CASES)
def test_pdfua_finds_nothing(case: str, tmp_path: Path) -> None:
    (tmp_path / "report.pdf").write_bytes(files(case)["report.pdf"])
    found = pdfua.validate(str(tmp_path / "report.pdf"))
    assert found.findings == ()
    # its look at headings fails in itself; the test below looks at them
    assert {each.rule_id for each in found.skipped} <= {"UA-14-001"}


@pytest.mark.parametrize("case", CASES)
def test_structure_can_be_read_aloud(case: str) -> None:
    with pikepdf.open(io.BytesIO(files(case)["report.pdf"])) as pdf:
        elements = list(_structure(pdf.Root.StructTreeRoot.K))
        kinds = [str(each.S) for each in elements]
        page = read(files(case)["report.html"].decode())
        figures = [each for each in elements if each.S == "/Figure"]
        assert len(figures) == len(page.all("svg"))
        assert all(str(each.get("/Alt", "")) for each in figures)
        levels = [int(kind[2]) for kind in kinds if re.fullmatch(r"/H\d", kind)]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        assert kinds.count("/Title") == 1
        tables = [each for each in elements if each.S == "/Table"]
        behind = sum(len(d.all("table")) for f in page.all("figure") for d in f.all("details"))
        assert len(tables) == len(page.all("table")) - behind
        for table in tables:
            heads = [each for each in _structure(table.K) if each.S == "/TH"]
            assert heads
            for head in heads:
                scope = next(str(a.Scope) for a in head.A if "/Scope" in a)
                assert scope in ("/Column", "/Row")
        assert all(sheet.Tabs == "/S" for sheet in pdf.pages)
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == page.all("title")[0].text()


@pytest.mark.parametrize("case", CASES)
def test_links_lead_somewhere(case: str) -> None:
    page = read(files(case)["report.html"].decode())
    outer = {a.attributes["href"] for a in page.all("a") if "href" in a.attributes}
    outer = {address for address in outer if not address.startswith("#")}
    # the footer leads to files beside the page, which are not beside a sheet of paper
    outer -= {a.attributes["href"] for foot in page.all("footer") for a in foot.all("a")}
    addresses, inner = set(), 0
    for sheet in pypdf.PdfReader(io.BytesIO(files(case)["report.pdf"])).pages:
        for link in sheet.get("/Annots", []):
            action = link.get_object().get("/A", {})
            if "/URI" in action:
                addresses.add(str(action["/URI"]))
            else:
                inner += 1
    assert addresses == outer
    assert inner >= len(page.all("nav")[0].all("a"))


@pytest.mark.parametrize("case", CASES)
def test_no_date_no_path_and_every_font_inside(case: str) -> None:
    with pikepdf.open(io.BytesIO(files(case)["report.pdf"])) as pdf:
        assert not {"/CreationDate", "/ModDate"} & set(pdf.docinfo.keys())
        metadata = bytes(pdf.Root.Metadata.read_bytes())
        assert b"Date" not in metadata
        every = [each for each in pdf.objects if isinstance(each, pikepdf.Dictionary)]
        fonts = [each for each in every if each.get("/Type") == "/FontDescriptor"]
        assert {re.sub(r"^/[A-Z]{6}\+", "", str(f.FontName)) for f in fonts} <= {
            "DejaVuSans",
            "DejaVuSans-Bold",
            "DejaVuSans-Oblique",
            "DejaVuSansMono",
        }
        assert all("/FontFile2" in each or "/FontFile3" in each for each in fonts)
        text = repr([each.unparse() for each in every])
        assert str(Path.home()) not in text
        assert str(ROOT) not in text


def test_same_bytes_in_a_process_with_another_hash_seed(tmp_path: Path) -> None:
    script = (
        "import sys; from analyses.report.pdf import to_pdf; "
        "sys.stdout.buffer.write(to_pdf(sys.stdin.buffer.read()))"
    )
    given = files("registry")
    run = subprocess.run(
        [sys.executable, "-c", script],
        input=given["report.html"],
        env=os.environ | {"PYTHONHASHSEED": "1", "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert hashlib.sha256(run.stdout).digest() == hashlib.sha256(given["report.pdf"]).digest()


@pytest.mark.parametrize("place", ["<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>"])
def test_what_looks_like_markup_is_text(place: str) -> None:
    assert MARKUP in _printed(place.format(escape(MARKUP)))


def test_letters_that_no_font_has_do_not_stop_the_report() -> None:
    text = _printed("<p>中文 😀 a&#x200b;b \ufeffx &#x1; end</p>")
    assert "中" in text
    assert "end" in text


def test_an_element_nobody_thought_of_is_an_error() -> None:
    with pytest.raises(ValueError, match="<marquee>"):
        _printed("<p>a <marquee>secret</marquee></p>")


@pytest.mark.parametrize("inside", ["<p>a", "<p>a</div>"])
def test_a_page_that_is_not_well_formed_is_an_error(inside: str) -> None:
    with pytest.raises(ValueError, match="<p>"):
        _printed(inside)


def test_a_drawing_without_text_that_stands_for_it_is_an_error() -> None:
    with pytest.raises(ValueError, match="stands for it"):
        _printed('<figure><svg viewBox="0 0 1 1"></svg><figcaption>c</figcaption></figure>')


def test_a_message_of_typst_repeats_nothing_of_the_page() -> None:
    twice = '<h3 id="secret">secret</h3><h3 id="secret">b</h3><p><a href="#secret">c</a></p>'
    with pytest.raises(RuntimeError, match="could not be printed") as raised:
        _printed(twice)
    assert "secret" not in str(raised.value)
    assert raised.value.__suppress_context__


def test_a_link_to_what_is_not_on_paper_is_text() -> None:
    figure = (
        '<figure><div role="img" aria-label="a"><svg xmlns="http://www.w3.org/2000/svg" '
        'viewBox="0 0 10 10"></svg></div><figcaption>c<details><summary>n</summary>'
        '<table id="numbers-x"><tbody><tr><td>13579</td></tr></tbody></table></details>'
        "</figcaption></figure>"
    )
    text = _printed(f'{figure}<p><a href="#numbers-x">see there</a></p>')
    assert "see there" in text
    assert "13579" not in text
    assert "The numbers behind this figure: tables/numbers-x.csv, beside this report." in text


@pytest.mark.parametrize(("columns", "is_turned"), [(6, False), (16, True)])
def test_a_table_never_leaves_the_paper(columns: int, is_turned: bool) -> None:
    head = "".join(f'<th scope="col">Measurement{i:02d}</th>' for i in range(columns))
    row = "".join(f"<td>0.{i:02d} (0.01 to 0.99)</td>" for i in range(1, columns))
    rows = f'<tr><th scope="row">Haemangioblastoma</th>{row}</tr>' * 130
    table = f"<table><caption>Wide</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    made = to_pdf(FRAME.replace("{}", f"<section>{table}</table></section>").encode())
    sides = []
    for sheet in pypdf.PdfReader(io.BytesIO(made)).pages[1:]:
        right, text = float(sheet.mediabox.right), sheet.extract_text()
        sides.append(right > float(sheet.mediabox.top))
        ends: list[float] = []

        def end(text: str, _: Any, at: Any, __: Any, size: float, to: list[float] = ends) -> None:
            to.append(at[4] + 0.4 * size * len(text.strip()) * bool(text.strip()))

        sheet.extract_text(visitor_text=end)
        assert max(ends) < right - 40
        assert f"Measurement{columns - 1:02d}" in text.replace("\n", "")  # the head is repeated
    assert sides == [is_turned] * len(sides)
    assert len(sides) > 1
