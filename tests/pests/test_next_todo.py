"""The text of an outbreak ends with what the season asks for next, when, and on what that date rests."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from msgspec.structs import replace
from pested import lab, told

from alerts.lifecycle import Turn
from alerts.outbreak import faults, said
from schemas.pest import SeasonBasis, Todo
from schemas.reason import Reason
from schemas.settings import Settings
from streams.jurisdiction import in_force
from streams.pest_tables import load_seasons

(OUTBREAK,) = told([lab()]).incidents.values()
AT = datetime(2026, 9, 4, 23, tzinfo=UTC)
DAY = {"cn-sichuan": "2026-09-05", "generic-en": "2026-09-04"}
"""The day of the zone, not of UTC."""
NOTHING = {"next_action": "", "next_action_at": None, "season_basis": ""}


def spoken(jurisdiction, action="update", **pest):
    profile = in_force(Settings(jurisdiction=jurisdiction))
    one = replace(OUTBREAK, pest=replace(OUTBREAK.pest, **(NOTHING | pest)))
    return profile, said(profile, one, Turn(action=action, reason=Reason(code="seen_again")), "宣汉县")[1]


@pytest.mark.parametrize("jurisdiction", ["cn-sichuan", "generic-en"])
def test_every_action_is_said_in_every_language_with_its_day_and_basis(jurisdiction):
    for todo in get_args(Todo):
        for basis in get_args(SeasonBasis):
            profile, texts = spoken(jurisdiction, next_action=todo, next_action_at=AT, season_basis=basis)
            for language, text in texts.items():
                words = profile.words[language].pest
                assert words.todo[todo] in text
                assert words.basis[basis] in text
                assert DAY[jurisdiction] in text
                assert faults(profile.words[language], text) == ()


def test_what_is_over_or_not_foreseen_asks_for_nothing():
    known = {"next_action": "survey_pines", "season_basis": "calendar"}
    for action, pest in (("close", {**known, "next_action_at": AT}), ("update", known), ("update", {})):
        _, texts = spoken("cn-sichuan", action, **pest)
        assert "下一步" not in texts["zh"], (action, pest)


def test_the_table_of_seasons_names_an_action_that_has_words_for_every_stage_and_window():
    table = load_seasons()
    codes = {stage.code for model in table.model for stage in model.stages}
    codes |= {window.code for window in table.window}
    assert codes <= set(get_args(Todo))
