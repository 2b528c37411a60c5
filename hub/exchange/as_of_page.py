"""The grants of a past day as one HTML document for printing: Chinese first, nothing loaded from elsewhere."""

from collections.abc import Mapping
from html import escape

from hub.exchange.as_of import COLUMNS, PastGrants, heading

_STYLE = (
    "body{font:10.5pt/1.5 'Noto Serif CJK SC',SimSun,serif;margin:2cm;color:#000}h1{font-size:16pt}"
    "section{break-inside:avoid;border-top:1px solid #000;margin-top:1em;padding-top:.5em}h2{font-size:12pt;margin:0}"
    "table{border-collapse:collapse;width:100%}th{text-align:left;font-weight:normal;width:13em;vertical-align:top}"
    "td{overflow-wrap:anywhere}small{color:#444}@page{size:A4}"
)


def as_page(past: PastGrants, controller: str, printed_at: str) -> str:
    """The document; `controller` is who runs the hub, `printed_at` RFC 3339."""
    sections = "".join(_section(one) for one in past.grants)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(heading(past))}</title><style>{_STYLE}</style></head><body>"
        f"<h1>授权清单<br><small>Grants as of {past.day.isoformat()}</small></h1>"
        f"<p>{escape(heading(past))}</p><p>{escape(controller)} · 词汇表第 {past.vocabulary} 版 / vocabulary"
        f" {past.vocabulary} · 打印于 / printed {escape(printed_at)}</p>{sections}</body></html>\n"
    )


def _section(one: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><th>{zh}<br><small>{en}</small></th><td>{escape(one[key])}</td></tr>"
        for key, zh, en in COLUMNS
        if one[key] and key != "id"
    )
    return f"<section><h2>{escape(one['id'])}</h2><table>{rows}</table></section>"
