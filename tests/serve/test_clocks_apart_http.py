"""Clocks that go wrong and strangers who try: what they send is safe, has its reason and is counted."""

from datetime import timedelta

import msgspec
import pytest
from alerted import a_receiver
from serve_words import NOON, LogInMemory, alerts, make_alert
from test_gateways_http import ENVIRON, KEY, NOTICE, SETTINGS, WAY, told

from alerts.link import PATH, token
from schemas.codec import encode
from schemas.notice import Answer, Note, Receipt
from streams.serve.store import Record

PHONE = "13800138000"
LINK = token(KEY.encode(), "ranger", "fire-1", NOON + timedelta(hours=1))
SKEWS = [timedelta(minutes=-50), timedelta(minutes=50), timedelta(days=-400)]


@pytest.fixture
async def house(serve, services_of, store, clock):
    store.apply([*alerts(make_alert(1)), told()])
    people = (a_receiver(channel="gateway-sms", phone=PHONE), a_receiver("officer", phone="13700137000"))
    settings = msgspec.structs.replace(SETTINGS, receivers=people)
    log = LogInMemory()
    services = services_of(settings=settings, writer=log, environ=ENVIRON)
    client = await serve(services)

    async def ask(path, method="GET", **more):
        async with client.request(method, path, **more) as answer:
            await answer.read()
            return answer.status

    def counted(channel, what):
        found = services.metrics.registry.get_sample_value(
            "fenghuo_heard_total", {"channel": channel, "what": what}
        )
        return found or 0

    ask.counted, ask.clock = counted, clock
    ask.said = lambda: [value for _, _, value, _ in log.sent]
    return ask


async def tapped(house, text):
    return await house(PATH + text, "POST", data={"says": "yes"})


@pytest.mark.parametrize("skew", SKEWS)
async def test_a_clock_that_went_wrong_by_less_than_the_link_lasts_costs_no_answer(house, skew):
    house.clock.now += skew
    assert await tapped(house, LINK) == 200
    (answer,) = house.said()
    assert (answer.receiver, answer.at) == ("ranger", house.clock.now)


async def test_a_clock_ahead_of_the_end_of_a_link_refuses_it_counts_that_and_set_right_takes_it(house):
    house.clock.now += timedelta(hours=1)
    assert await tapped(house, LINK) == 410
    assert house.said() == []
    assert house.counted("link", "refused") == 1
    house.clock.now = NOON
    assert await tapped(house, LINK) == 200


@pytest.mark.parametrize("stamp", ["1999-01-01 00:00:00", "2399-12-31 23:59:59", "0", "-1", "yesterday"])
async def test_receipt_and_uplink_are_stamped_by_our_clock_whatever_the_gateway_says(house, stamp):
    more = {"time": stamp, "receive_time": stamp, "mobile": PHONE}
    assert await house(WAY, params={"s": "DELIVRD", "id": NOTICE} | more) == 200
    assert await house(WAY, "POST", data={"t": "A001有"} | more) == 200
    assert [(type(one), one.at) for one in house.said()] == [(Receipt, NOON), (Answer, NOON)]


@pytest.mark.parametrize(
    ("skew", "what"), [(timedelta(days=-30), "answer"), (timedelta(days=30), "unreadable")]
)
async def test_an_uplink_is_answered_or_goes_to_the_officer_but_is_never_lost(house, skew, what):
    house.clock.now += skew
    await house(WAY, "POST", data={"mobile": PHONE, "t": "A001有"})
    assert house.counted("gateway-sms", what) == 1
    kinds = {type(one) for one in house.said()}
    assert kinds == ({Answer} if what == "answer" else {Note})


def test_an_answer_from_before_the_acceptance_has_no_reaction_below_zero(store):
    early = Answer(receiver="ranger", alert_id="fire-1", at=NOON - timedelta(hours=1), says="yes")
    news = store.apply([told(), Record("notice.v1", 0, 1, b"ranger", encode(early))])
    assert all(seconds >= 0 for _, _, seconds in news.reactions)


async def test_a_link_made_for_one_alert_opens_no_other_and_lasts_no_longer(house):
    alert_id, end, mac = LINK.split("~")
    later = f"{int(end, 16) + 3600:x}"
    for forged in (f"fire-2~{end}~{mac}", f"{alert_id}~{later}~{mac}", f"{alert_id}~{end}~{mac[::-1]}"):
        assert await tapped(house, forged) == 410
    other_use = token(KEY.encode(), "ranger", "fire-1", NOON + timedelta(hours=1), "voice")
    assert await tapped(house, other_use) == 410
    assert house.said() == []
    assert house.counted("link", "refused") == 4


async def test_a_link_that_was_caught_and_played_again_answers_nothing_more(house):
    assert await tapped(house, LINK) == 200
    for skew in SKEWS:
        house.clock.now = NOON + skew
        assert await tapped(house, LINK) == 410
    assert len(house.said()) == 1
    assert house.counted("link", "replayed") == 3


@pytest.mark.parametrize("phone", ["13900139000", "", "ranger", "1380013800", "+1" + PHONE])
async def test_an_uplink_of_a_stranger_with_a_true_code_changes_nothing_and_is_counted(house, phone):
    await house(WAY, "POST", data={"mobile": phone, "t": "A001无"})
    assert house.said() == []
    assert house.counted("gateway-sms", "stranger") == 1


async def test_somebody_known_who_was_not_told_answers_for_nobody(house):
    await house(WAY, "POST", data={"mobile": "13700137000", "t": "A001无"})
    assert not [one for one in house.said() if isinstance(one, Answer)]
    assert house.counted("gateway-sms", "unreadable") == 1
