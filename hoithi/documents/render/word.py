"""Papers in the form of Decree 30/2020/NĐ-CP as Word files, to be corrected before they are signed.

The same `Paper` as in `decree`, with the sizes and margins of its template, in Times New Roman as
the decree asks: Word has it. What is said of it stands in `decree.Paper`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as Cell
from docx.table import _Row as Row
from docx.text.paragraph import Paragraph as WordParagraph

from hoithi.documents.render.decree import (
    Block,
    Column,
    Heading,
    Paper,
    Paragraph,
    Picture,
    Signer,
    Table,
    ended,
    line_of_number,
    line_of_place,
)
from hoithi.documents.render.typesetting import picture_png, printable

_FONT = "Times New Roman"
_BODY = Pt(13)
_WIDTH_MM = 210 - 30 - 15
_LEFT_MM = 68
_LONGEST_PROPERTY = 255  # letters, in what a Word file says of itself
_RED = RGBColor(0xA3, 0x16, 0x1B)
_ALIGNS = {"left": ALIGN.LEFT, "center": ALIGN.CENTER, "right": ALIGN.RIGHT}

# How wide a letter of Times New Roman is, in its size: enough to draw a line under a text.
_CAPITAL, _SMALL = 0.68, 0.46


def paper_docx(paper: Paper) -> bytes:
    """The paper as a Word file on A4 pages, numbered from the second on. The same bytes for the
    same paper."""
    document = Document()
    _page(document, paper)
    _head(document, paper)
    _title(document, paper)
    _opening(document, paper)
    for at, block in enumerate(paper.body, start=1):
        _block(document, block, goes_on=at == len(paper.body))
    _ending(document, paper)
    kept = BytesIO()
    document.save(kept)
    return _timeless(kept)


def _timeless(made: BytesIO) -> bytes:
    """The same file without the second in which each of its parts was packed."""
    kept = BytesIO()
    with ZipFile(made) as parts, ZipFile(kept, "w", ZIP_DEFLATED) as out:
        for part in parts.infolist():
            entry = ZipInfo(part.filename, date_time=(1980, 1, 1, 0, 0, 0))
            out.writestr(entry, parts.read(part), ZIP_DEFLATED)
    return kept.getvalue()


def _page(document: WordDocument, paper: Paper) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, _BODY
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(script), _FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.get_or_add_rPr().append(language)
    normal.paragraph_format.space_after = Pt(0)
    title = ": ".join(printable(part) for part in (paper.kind, paper.summary) if part)
    document.core_properties.title = title[:_LONGEST_PROPERTY]
    document.core_properties.author = printable(paper.head.issuer)[:_LONGEST_PROPERTY]
    document.core_properties.language = "vi-VN"
    document.core_properties.comments = ""
    (section,) = document.sections
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.alignment = ALIGN.CENTER
    _field(number, "PAGE")
    if paper.sample:
        _sample(section)


def _sample(section: Section) -> None:
    for footer in (section.first_page_footer, section.footer):
        said = footer.paragraphs[0]
        said.alignment = ALIGN.CENTER
        run = said.add_run("DỮ LIỆU MẪU")
        run.bold, run.font.size, run.font.color.rgb = True, Pt(9), _RED


def _field(into: WordParagraph, code: str) -> None:
    """A field that Word fills in, such as the number of the page."""
    run = into.add_run()
    for kind in ("begin", "code", "end"):
        if kind == "code":
            part = OxmlElement("w:instrText")
            part.set(qn("xml:space"), "preserve")
            part.text = code
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._r.append(part)


def _head(document: WordDocument, paper: Paper) -> None:
    head = paper.head
    grid = _grid(document, 2, (_LEFT_MM, _WIDTH_MM - _LEFT_MM))
    left, right = grid.rows[0].cells
    if head.issuer_parent:
        _line(left, head.issuer_parent.upper(), Pt(12))
    _line(left, head.issuer.upper(), Pt(12), bold=True)
    _rule(left, _LEFT_MM, 0.4 * _long(head.issuer.upper(), 12, _LEFT_MM))
    _line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Pt(12), bold=True)
    motto = "Độc lập - Tự do - Hạnh phúc"
    _line(right, motto, Pt(13), bold=True)
    _rule(right, _WIDTH_MM - _LEFT_MM, _long(motto, 13, 60))
    left, right = grid.rows[1].cells
    number = line_of_number(head)
    if number:
        _line(left, f"Số: {number}", _BODY)
    if not paper.kind and paper.summary:
        _line(left, f"V/v {paper.summary}", Pt(12)).paragraph_format.space_before = Pt(6)
    _line(right, line_of_place(head), _BODY, italic=True)


def _title(document: WordDocument, paper: Paper) -> None:
    if not paper.kind:
        document.add_paragraph()
        return
    said = document.add_paragraph()
    said.paragraph_format.space_before = Pt(18)
    lines = [paper.kind.upper(), *([paper.summary] if paper.summary else [])]
    for at, line in enumerate(lines):
        each = said if at == 0 else document.add_paragraph()
        each.alignment, each.paragraph_format.keep_with_next = ALIGN.CENTER, True
        run = each.add_run(printable(line))
        run.bold, run.font.size = True, Pt(14)
    _rule(document, _WIDTH_MM, 0.4 * _long(lines[-1], 14, _WIDTH_MM), after=Pt(10))


def _opening(document: WordDocument, paper: Paper) -> None:
    lines = ended(paper.addressees)
    for at, line in enumerate(lines):
        each = document.add_paragraph()
        each.paragraph_format.left_indent = Mm(20 if at == 0 and len(lines) == 1 else 28)
        if at == 0:
            each.paragraph_format.left_indent = Mm(20)
            each.add_run("Kính gửi: ")
        each.add_run(printable(line if len(lines) == 1 else f"- {line}"))
    for line in ended(paper.basis):
        _body_paragraph(document).add_run(printable(line)).italic = True


def _body_paragraph(document: WordDocument) -> WordParagraph:
    each = document.add_paragraph()
    each.alignment = ALIGN.JUSTIFY
    shape = each.paragraph_format
    shape.first_line_indent, shape.space_after, shape.line_spacing = Mm(12.7), Pt(6), 1.15
    return each


def _block(document: WordDocument, block: Block, *, goes_on: bool) -> None:
    """A part of the body; the last one stays with the signatures where it is a paragraph."""
    match block:
        case Paragraph(text, lead):
            each = _body_paragraph(document)
            if lead:
                each.add_run(f"{printable(lead)} ").bold = True
            each.add_run(printable(text))
            each.paragraph_format.keep_with_next = goes_on
        case Heading(text, centred):
            each = _body_paragraph(document)
            each.alignment = ALIGN.CENTER if centred else ALIGN.LEFT
            if centred:
                each.paragraph_format.first_line_indent = None
            each.paragraph_format.space_before = Pt(8)
            each.paragraph_format.keep_with_next = True
            for at, line in enumerate(text.splitlines()):
                run = each.add_run(printable(line))
                run.bold = True
                if at + 1 < len(text.splitlines()):
                    run.add_break()
        case Picture(title, svg, alt):
            _picture(document, title, svg, alt)
        case Table(columns, rows, when_empty):
            _table(document, columns, rows, when_empty)


def _picture(document: WordDocument, title: str, svg: str, alt: str) -> None:
    said = document.add_paragraph()
    said.alignment, said.paragraph_format.keep_with_next = ALIGN.CENTER, True
    said.add_run(printable(title)).bold = True
    shown = document.add_paragraph()
    shown.alignment, shown.paragraph_format.space_after = ALIGN.CENTER, Pt(8)
    width = Mm(_WIDTH_MM * 0.78)
    drawn = shown.add_run().add_picture(BytesIO(picture_png(svg)), width=width)
    drawn._inline.docPr.set("descr", printable(alt))


def _table(
    document: WordDocument,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    when_empty: str,
) -> None:
    widths = _widths(columns)
    filled = list(rows)
    grid = _grid(document, 1 + max(1, len(filled)), widths)
    grid.style = "Table Grid"
    for cell, column in zip(grid.rows[0].cells, columns, strict=True):
        cell.vertical_alignment = VERTICAL.CENTER
        _line(cell, column.title, Pt(12), bold=True)
    _flag(grid.rows[0], "w:tblHeader")
    for row, texts in zip(list(grid.rows)[1:], filled, strict=bool(filled)):
        _flag(row, "w:cantSplit")
        for cell, text, column in zip(row.cells, texts, columns, strict=True):
            cell.vertical_alignment = VERTICAL.CENTER
            said = _line(cell, text, Pt(12))
            said.alignment = _ALIGNS[column.align]
            said.paragraph_format.space_before = said.paragraph_format.space_after = Pt(2)
    if not filled:
        cells = grid.rows[1].cells
        _line(cells[0].merge(cells[-1]), when_empty, Pt(12), italic=True)
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


def _widths(columns: Sequence[Column]) -> tuple[float, ...]:
    """Millimetres: those that are given, and of the rest to each its share."""
    rest = _WIDTH_MM - sum(column.width_mm or 0 for column in columns)
    shares = sum(column.share for column in columns if column.width_mm is None)
    return tuple(
        column.width_mm if column.width_mm is not None else rest * column.share / shares
        for column in columns
    )


def _ending(document: WordDocument, paper: Paper) -> None:
    """One signer stands beside the recipients, several in pairs above them."""
    space = document.add_paragraph()
    space.paragraph_format.line_spacing = Pt(10)
    space.paragraph_format.keep_with_next = True
    if len(paper.signers) == 1:
        grid = _grid(document, 1, (78, _WIDTH_MM - 78))
        _flag(grid.rows[0], "w:cantSplit")
        left, right = grid.rows[0].cells
        _recipients(lambda: _first_or_next(left), paper.recipients)
        _signature(right, paper.signers[0])
        return
    pairs = -(-len(paper.signers) // 2)
    grid = _grid(document, pairs, (_WIDTH_MM / 2, _WIDTH_MM / 2))
    for at, signer in enumerate(paper.signers):
        row = grid.rows[at // 2]
        if at % 2 == 0:
            _flag(row, "w:cantSplit")
        _signature(row.cells[at % 2], signer)
    _recipients(document.add_paragraph, paper.recipients)


def _signature(cell: Cell, signer: Signer) -> None:
    for post in signer.posts:
        _line(cell, post.upper(), _BODY, bold=True)
    for _each in range(4):
        _line(cell, "", _BODY)
    _line(cell, signer.name, _BODY, bold=True).paragraph_format.space_after = Pt(12)


def _recipients(start: Callable[[], WordParagraph], recipients: Sequence[str]) -> None:
    if not recipients:
        return
    head = start().add_run("Nơi nhận:")
    head.bold, head.italic, head.font.size = True, True, Pt(12)
    for line in ended(recipients):
        start().add_run(f"- {printable(line)}").font.size = Pt(11)


def _grid(document: WordDocument, rows: int, widths: Sequence[float]) -> WordTable:
    """A table without lines over the whole width, its columns so many millimetres wide."""
    grid: WordTable = document.add_table(rows, len(widths))
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return grid


def _line(
    cell: Cell, text: str, size: Length, *, bold: bool = False, italic: bool = False
) -> WordParagraph:
    """One more line in the middle of a cell."""
    each = _first_or_next(cell)
    each.alignment = ALIGN.CENTER
    run = each.add_run(printable(text))
    run.bold, run.italic, run.font.size = bold, italic, size
    return each


def _first_or_next(cell: Cell) -> WordParagraph:
    """A cell is born with an empty paragraph, which is used before another is added."""
    first: WordParagraph = cell.paragraphs[0]
    return first if len(cell.paragraphs) == 1 and not first.runs else cell.add_paragraph()


def _rule(
    into: Cell | WordDocument, room_mm: float, long_mm: float, *, after: Length | None = None
) -> None:
    """A line in the middle: the upper border of a paragraph that is next to nothing high."""
    each: WordParagraph = into.add_paragraph()
    shape = each.paragraph_format
    shape.left_indent = shape.right_indent = Mm(max(0, room_mm - long_mm) / 2)
    shape.space_before, shape.space_after = Pt(2), after or Pt(6)
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(2)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "auto")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    each._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc")


def _long(text: str, size: int, most_mm: float) -> float:
    """About how long a line of text is in bold, in millimetres."""
    letters = sum(_CAPITAL if letter.isupper() else _SMALL for letter in text)
    return min(most_mm, letters * size * 25.4 / 72)


def _flag(row: Row, name: str) -> None:
    """A property of a row that is there or not: its head is repeated, it stays on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))
