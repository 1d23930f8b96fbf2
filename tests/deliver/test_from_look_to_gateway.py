"""From a look and a turn of the wind to a text message at a gateway: judge, hops and sender as they are."""

from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import shapely
from aiohttp import web
from alerted import a_receiver, replaced
from gateway import Post
from judged import Line, delivery, report
from test_reach_scripts import forest, reading
from vendors import served, ways

from alerts.segments import units
from detectors.region import Layer, Region
from schemas.settings import Settings
from streams.hops.route import route

NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
RANGER = a_receiver(channel="gateway-sms", phone="13800138000", minimum_grade="IV", allow_private=True)


def hamlet(east_km, north_km):
    """A forest county with one settlement so far from 102 E 28 N."""
    place = shapely.Point(102.0 + east_km / 98.2, 28.0 + north_km / 111.195)
    layer = Layer.of("settlements", [place], ["s1"], ["长板桥"], [{}])
    return Region("county", {**forest().layers, "settlements": layer})


class Whole(Post):
    """The judge behind the gateway's door: what it tells goes by route and deliver to the real sender."""

    def __init__(self, region, *receivers, **more):
        super().__init__(*receivers, **more)
        settings = Settings(carbon={"scenarios": 4})
        self.line = Line(settings, region, origins=1, outage_s=None, draw=None, restarts=False)
        self.route = route(receivers)
        self.circles = self.route.open(self.route.options, 0, {})

    def sees(self, *observations):
        told = len(self.line.outcome.alerts)
        self.line.watch(delivery(*observations), 0)
        self.line.drain_all()
        for alert in self.line.outcome.alerts[told:]:
            for output in self.route.step(self.route.options, self.circles, alert, alert.issued_at).outputs:
                self.take(output.value)
        self.sender.wake()

    def wind(self, minute, from_deg, ms=12.0):
        at = NOW + timedelta(minutes=minute)
        air = {"temperature_c": 30.0, "relative_humidity_percent": 12.0}
        said = air | {"wind_speed_ms": ms, "wind_direction_deg": from_deg}
        self.sees(*(reading(at, name, value) for name, value in said.items()))

    def look(self, minute, who):
        at = NOW + timedelta(minutes=minute)
        saw = report(minute, who=who, kind="ground", radius=100.0, saw="flames")
        self.sees(replaced(saw, observed_at=at, received_at=at))


async def test_a_settlement_that_a_turn_of_the_wind_newly_threatens_is_in_a_text_message_of_one_segment():
    got = []

    async def take(request):
        got.append(unquote(await request.text()))
        return web.Response(text="0")

    async with served(take) as url:
        out = ways(gateway_sms={"url": url, "body": "{text}"})
        desk = Whole(hamlet(0.0, 2.75), RANGER, ways=out)
        async with desk.sending():
            desk.wind(0, 0.0)
            desk.look(1, "a")
            desk.look(2, "b")
            await desk.until(lambda: got)
            await desk.empty(20)
            desk.wind(20, 180.0)
            await desk.until(lambda: len(got) > 1)
            await desk.empty(20)
    assert [one.reasons[0].code for one in desk.line.outcome.alerts][-1] == "newly_threatened"
    (first, last) = got
    assert "威胁" not in first
    assert last.startswith("【西昌森防】研判火情Ⅲ级·威胁长板桥")
    assert max(units(text) for text in got) <= 70
