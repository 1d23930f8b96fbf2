import gzip
import re
from datetime import UTC, datetime

import pytest
from alerted import a_receiver
from hypothesis import given
from hypothesis import strategies as st

from alerts.masking import masked, unaddressed
from schemas.receiver import Way
from schemas.settings import Settings
from streams.archive import Archive
from streams.config import settings_version

PHONE = st.from_regex(r"\A(\+86)?1[3-9][0-9]{9}\Z")


@given(
    PHONE,
    st.sampled_from(["", " ", ":", "号码", ",", "("]),
    st.sampled_from(["", " blocked", "，黑名单", ")"]),
)
def test_no_number_stays_whole_whatever_stands_around_it(phone, before, after):
    found = masked(f"code 7{before or ' '}{phone}{after}")
    assert phone not in found
    assert phone.lstrip("+") not in found
    assert phone[-4:] in found


@pytest.mark.parametrize("text", ["errcode 45009", "2020-03-30", "触发天级流控Permits:50", "F20200330"])
def test_what_is_no_number_stays(text):
    assert masked(text) == text


def test_what_a_gateway_says_is_kept_short():
    assert len(masked("x" * 5000)) == 200


def test_the_archive_of_settings_has_nobodys_number(tmp_path):
    way = Way(channel="voice", phone="13900139000")
    receiver = a_receiver(phone="13800138000", email="a@example.cn", then=(way,))
    settings, now = Settings(receivers=(receiver,)), datetime(2026, 3, 30, tzinfo=UTC)
    archive = Archive(tmp_path)
    archive.append_settings(settings, "region", now)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    text = gzip.decompress(written) if written[:2] == b"\x1f\x8b" else written
    assert not re.search(rb"13800138000|13900139000|a@example", text)
    (kept,) = archive.in_force(now.date())
    assert (kept.settings, kept.document.receivers[0].name) == (settings_version(settings), "ranger")
    assert unaddressed(Settings()) == Settings()
