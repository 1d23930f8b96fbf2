"""A fire report as a Word document (DOCX, A4), which offices still pass on; needs the extra `docx`."""

import io
from datetime import datetime

from alerts.fire_report import FireReport

FONT = "SimSun"
"""Of Chinese text; every Office has it or puts its own in its place."""


class NoWordError(RuntimeError):
    """The library that writes Word documents is not installed."""


def document(report: FireReport, at: datetime) -> bytes:
    """Return the document; the same report gives the same content. Raises `NoWordError`."""
    try:
        from docx import Document  # noqa: PLC0415 - an extra, and only who asks pays for it
        from docx.oxml.ns import qn  # noqa: PLC0415 - the same
        from docx.shared import Mm, Pt  # noqa: PLC0415 - the same
    except ImportError as error:
        raise NoWordError("Word documents need the extra docx: pip install fenghuo[docx]") from error
    made = Document()
    made.core_properties.author, made.core_properties.title = "", report.title
    made.core_properties.created = made.core_properties.modified = at.replace(tzinfo=None)
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    plain = made.styles["Normal"]
    plain.font.size = Pt(11)
    plain.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    made.add_heading(report.title, level=1)
    if report.mark:
        made.add_paragraph(report.mark).runs[0].bold = True
    table = made.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for line in report.lines:
        label, text = table.add_row().cells
        label.text, text.text = line.label, line.text
        label.width, text.width = Mm(45), Mm(121)
        text.paragraphs[0].runs[0].italic = not line.known
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()
