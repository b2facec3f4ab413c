"""The blocks of a PDF as reportlab draws them. Imported only when a PDF is made."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Any

import segno
from reportlab.lib import textsplit
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Image, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from bot.export.pdf_text import fit
from bot.export.to_pdf import Block, Code, Facts, Heading, Picture, Table, Text
from bot.i18n import _

FONT = "STSong-Light"
INK, GREY, LINE, SHADE = HexColor("#1a1a1a"), HexColor("#555555"), HexColor("#bbbbbb"), HexColor("#f2f2f2")
MARGIN = 20 * mm
PADDING = 6  # of reportlab's frames
WIDTH = A4[0] - 2 * MARGIN - 2 * PADDING
KEY_SHARE = 0.22  # of a line, for what a fact is called
MOST_CODE = 1000  # bytes of a QR code: more could not be read from paper
_BASE = {"fontName": FONT, "wordWrap": "CJK", "textColor": INK}
BODY = ParagraphStyle("body", fontSize=10.5, leading=17, spaceAfter=4, **_BASE)
SMALL = ParagraphStyle("small", BODY, fontSize=9, leading=14, textColor=GREY)
CELL = ParagraphStyle("cell", BODY, fontSize=9.5, leading=14, spaceAfter=0)
TITLE = ParagraphStyle("title", BODY, fontSize=19, leading=27, spaceAfter=8)
HEADINGS = {
    1: ParagraphStyle("h1", BODY, fontSize=14, leading=20, spaceBefore=12, spaceAfter=5),
    2: ParagraphStyle("h2", BODY, fontSize=11.5, leading=17, spaceBefore=8, spaceAfter=3, textColor=GREY),
}
LOOK = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 8),
]
# reportlab knows what begins no line in Japanese; these begin none in Chinese
textsplit.ALL_CANNOT_START += "，。；：！？、》」』】〉…·"


def build(title: str, blocks: Sequence[Block], footer: str) -> bytes:
    """The file; see `to_pdf.make_pdf`."""
    _with_font()
    out = io.BytesIO()
    name = fit(title).replace("\n", " ")
    margins = {"leftMargin": MARGIN, "rightMargin": MARGIN, "topMargin": MARGIN, "bottomMargin": MARGIN}
    document = SimpleDocTemplate(out, pagesize=A4, title=name, invariant=1, **margins)
    story = [*_paragraphs(title, TITLE), *(part for block in blocks for part in _flowables(block))]
    document.build(story, canvasmaker=lambda *given, **named: _Pages(*given, footer=footer, **named))
    return out.getvalue()


def _with_font() -> None:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]
    """What stands in the file about itself: its title, and no time, user or program."""

    def format(self, document: Any) -> Any:
        return pdfdoc.PDFDictionary({"Title": pdfdoc.PDFString(self.title)}).format(document)


class _Pages(Canvas):  # type: ignore[misc]
    """Keeps the pages until the last is known, then draws the foot of each."""

    def __init__(self, *given: Any, footer: str, **named: Any) -> None:
        super().__init__(*given, **named)
        self._doc.info = _Info()
        self._footer = fit(footer).replace("\n", " ")
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  (reportlab's name)
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self._foot(_("Page {page} of {pages}").format(page=number, pages=len(self._kept)))
            super().showPage()
        super().save()

    def _foot(self, numbers: str) -> None:
        self.setFont(FONT, 8.5)
        self.setFillColor(GREY)
        room = WIDTH - pdfmetrics.stringWidth(numbers, FONT, 8.5) - 4 * mm
        footer = self._footer
        while footer and pdfmetrics.stringWidth(footer, FONT, 8.5) > room:
            footer = footer[:-1]
        self.drawString(MARGIN + PADDING, MARGIN - 8 * mm, footer)
        self.drawRightString(A4[0] - MARGIN - PADDING, MARGIN - 8 * mm, numbers)


def _flowables(block: Block) -> list[Flowable]:
    match block:
        case Heading():
            return [CondPageBreak(30 * mm), *_paragraphs(block.text, HEADINGS[2 if block.level > 1 else 1])]
        case Text():
            return _paragraphs(block.text, SMALL if block.small else BODY)
        case Facts():
            return _facts(block)
        case Table():
            return _table(block)
        case Picture():
            return _picture(block)
        case Code():
            return _code(block)


def _paragraphs(text: str, style: ParagraphStyle) -> list[Flowable]:
    return [Paragraph(escape(line), style) for line in fit(text).split("\n") if line.strip()]


def _cell(text: str) -> list[Flowable]:
    return _paragraphs(text, CELL) or [Paragraph("", CELL)]


def _facts(block: Facts) -> list[Flowable]:
    rows = [[_cell(key), _cell(value)] for key, value in block.rows]
    look = [*LOOK, ("BACKGROUND", (0, 0), (0, -1), SHADE)]
    return [_grid(rows, [KEY_SHARE * WIDTH, (1 - KEY_SHARE) * WIDTH], look)] if rows else []


def _table(block: Table) -> list[Flowable]:
    columns = len(block.header)
    if not columns:
        return []
    shares = list(block.widths) if len(block.widths) == columns else [1.0] * columns
    widths = [WIDTH * share / sum(shares) for share in shares]
    rows = [[_cell(cell) for cell in [*row, *[""] * columns][:columns]] for row in (block.header, *block.rows)]
    return [_grid(rows, widths, [*LOOK, ("BACKGROUND", (0, 0), (-1, 0), SHADE)], repeatRows=1)]


def _grid(rows: list[list[list[Flowable]]], widths: list[float], look: list[Any], **more: Any) -> Flowable:
    """A table that may break inside a row: somebody's words can be longer than a page."""
    return Grid(rows, colWidths=widths, style=look, splitInRow=1, spaceBefore=3, spaceAfter=8, **more)


def _picture(block: Picture) -> list[Flowable]:
    below = _paragraphs(block.caption, SMALL)
    try:
        wide, high = ImageReader(io.BytesIO(block.data)).getSize()
        scale = min(WIDTH / wide, block.most_mm * mm / high)
        shown = Image(io.BytesIO(block.data), width=wide * scale, height=high * scale, hAlign="LEFT")
    except Exception:  # whatever a picture library says to broken bytes, the rest of the file matters more
        return [*_paragraphs(_("(This picture can't be shown.)"), SMALL), *below]
    return [KeepTogether([shown, *below]), Spacer(0, 4 * mm)]


def _code(block: Code) -> list[Flowable]:
    content = block.content.encode(errors="replace")[:MOST_CODE]
    code = segno.make(content or b" ", error="m", micro=False)
    return [KeepTogether([_Modules(code, block.size_mm * mm), *_paragraphs(block.caption, SMALL)])]


class _Modules(Flowable):  # type: ignore[misc]
    """A QR code drawn as squares: sharp at any size."""

    def __init__(self, code: segno.QRCode, size: float) -> None:
        super().__init__()
        self.rows = [bytes(row) for row in code.matrix_iter(border=4)]
        self.width = self.height = size

    def draw(self) -> None:
        side = self.width / len(self.rows)
        self.canv.setFillColor(INK)
        for down, row in enumerate(self.rows):
            for along, dark in enumerate(row):
                if dark:
                    top = self.height - (down + 1) * side
                    self.canv.rect(along * side, top, side, side, stroke=0, fill=1)
