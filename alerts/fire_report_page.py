"""A fire report as a page for A4 paper: plain HTML that prints, every text escaped, no script."""

from html import escape

from alerts.fire_report import FireReport, Line


def page(report: FireReport, style: str) -> str:
    """Return the report as HTML; `style` is the element that brings its look (a link or a style sheet)."""
    rows = "".join(_row(line) for line in report.lines)
    mark = f'<p class="mark">{escape(report.mark)}</p>' if report.mark else ""
    title = escape(report.title)
    return (
        f'<!doctype html><html lang="{escape(report.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>{style}</head>'
        f"<body><h1>{title}</h1>{mark}<table>{rows}</table></body></html>\n"
    )


def _row(line: Line) -> str:
    kind = "" if line.known else ' class="unknown"'
    return f'<tr><th scope="row">{escape(line.label)}</th><td{kind}>{escape(line.text)}</td></tr>'
