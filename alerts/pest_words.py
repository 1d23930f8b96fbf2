"""What an alert of a pest may say: 疑似 or 待核实 always, the announcement of an epidemic never.

Only the State Council's department announces an epidemic (植物检疫条例 art. 15); a find is reported at once
(art. 14). What the system says is its own judgement and waits to be verified.
"""

import re

MUST = ("疑似", "待核实")
"""One of these stands in every text about a pest."""

ANNOUNCES = re.compile(
    "疫情公布|公布(?:了)?(?:新)?疫情|宣布(?:为)?疫|划定(?:为)?疫区|列为疫区|成为疫区|确认疫情|疫情确认|确诊|疫情爆发|爆发疫情"
)
"""Words that announce or confirm; only an office may say them."""


def faults(text: str) -> tuple[str, ...]:
    """Return what a text about a pest may not say, or lacks; empty where it may be sent."""
    found = [f"announces: {hit[0]}" for hit in ANNOUNCES.finditer(text)]
    if not any(word in text for word in MUST):
        found.append("lacks 疑似 or 待核实")
    return tuple(found)


def headline(chinese: str, place: str, novelty: str = "") -> str:
    """Return the headline of a find: suspected, where, what is new, to be verified.

    `novelty` is `county`, `township`, `sub-compartment` or empty.
    """
    new = {"county": "，疑似新发县", "township": "，疑似新发乡镇", "sub-compartment": "，疑似新发小班"}
    return f"疑似{chinese}：{place}{new.get(novelty, '')}（系统研判，待核实）"
