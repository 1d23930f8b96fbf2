"""A region as it stands abroad: the demo's shapes, each with an English name beside its own."""

import re
from dataclasses import replace

from detectors.region.columns import column
from streams.region import demo_region

CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
"""Chinese characters, their punctuation and their wide forms."""

KINDS = {"province": "State", "city": "District", "county": "County", "township": "Township"}


def latin_region():
    """Every feature carries `name_en`; its own name, as the package gives it, stays Chinese."""
    region = demo_region()
    layers = {
        name: replace(
            part,
            columns={
                **part.columns,
                "name_en": column("text", [f"{KINDS.get(name, name)} {identity}" for identity in part.ids()]),
            },
        )
        for name, part in region.layers.items()
    }
    return replace(region, layers=layers)
