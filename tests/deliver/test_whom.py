"""Receivers as they are taken into service, and quiet hours on the way out."""

from datetime import UTC, datetime, timedelta

import pytest
import shapely
from alerted import a_receiver, an_alert
from gateway import Gateway, Post, answers

from alerts.routing import wants
from detectors.region import Layer, Region
from schemas.receiver import Quiet
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.whom import in_service
from streams.region import demo_region

REGION = demo_region()


def served(**fields):
    return in_service(Settings(receivers=(a_receiver("first"), a_receiver(**fields))), REGION)[1]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"channel": "wecon"}, r"\$.receivers\[1\].channel: no channel 'wecon'; did you mean wecom"),
        ({"channel": "aliyun-sms"}, r"\$.receivers\[1\].phone: the channel aliyun-sms needs one"),
        ({"channel": "dingtalk"}, r"\$.receivers\[1\].secret_env: the channel dingtalk needs one"),
        ({"url": ""}, r"\$.receivers\[1\].url: the channel webhook needs one"),
        ({"channel": "email"}, r"\$.receivers\[1\].email"),
        ({"areas": ("513401", "513491")}, r"\$.receivers\[1\].areas\[1\]: no place '513491'.*did you mean"),
        ({"owners": ("nobody",)}, r"\$.receivers\[1\].owners\[0\]: no stand of 'nobody'"),
        ({"polygon": ((102.0, 27.0), (102.1, 27.0))}, r"\$.receivers\[1\].polygon"),
        ({"polygon": ((102.0, 27.0), (102.1, 27.0), (102.2, 27.0))}, r"\$.receivers\[1\].polygon"),
    ],
)
def test_what_would_leave_somebody_untold_is_refused_with_its_path(fields, said):
    with pytest.raises(ConfigError, match=said):
        served(**fields)


def test_codes_of_wider_areas_and_ids_of_any_layer_are_known():
    reserve = REGION.layers["protected_areas"].ids()[0]
    stand = REGION.layers["stands"].ids()[0]
    areas = ("510000", "513401", reserve, stand)
    assert served(areas=areas).areas == areas


@pytest.mark.parametrize("copies", [1, 20])
def test_whoever_owns_a_stand_in_the_place_is_told(copies):
    owners = [{"owner": "林场"}, {"owner": "村"}, {}] * copies
    boxes = [shapely.box(k, 0, k + 1, 1) for k in range(3 * copies)]
    ids = [f"s{k}" for k in range(3 * copies)]
    region = Region("x", {"stands": Layer.of("stands", boxes, ids, ids, owners)})
    receiver = a_receiver(owners=("林场",))
    assert in_service(Settings(receivers=(receiver,)), region) == (receiver,)
    told = [wants(an_alert(places=region.places(k + 0.5, 0.5, 10)), receiver) for k in range(3)]
    assert told == [True, False, False]


def quiet_now():
    """Hours that are quiet at this moment, and end in an hour at least."""
    now = datetime.now(UTC) + timedelta(hours=8)
    start, end = now - timedelta(hours=1), now + timedelta(hours=2)
    return Quiet(start=f"{start:%H:%M}", end=f"{end:%H:%M}")


async def test_in_quiet_hours_only_the_grave_goes_out():
    async with Gateway(answers(200)).open() as gateway:
        post = Post(a_receiver(url=gateway.url, allow_private=True, quiet=quiet_now()))
        async with post.sending():
            post.tell(alert_id="A1", grade="III", minutes=240, minutes_ago=0)
            post.tell(alert_id="A2", grade="II", minutes_ago=0)
            await post.until(lambda: post.outcomes() == ["accepted"])
        assert [notice.alert_id for notice in post.results] == ["A2"]
        (held,) = post.state.rows()
        assert held.held_until > datetime.now(UTC)


async def test_what_expires_in_quiet_hours_says_so():
    async with Gateway(answers(200)).open() as gateway:
        post = Post(a_receiver(url=gateway.url, allow_private=True, quiet=quiet_now()))
        async with post.sending():
            post.tell(grade="III", minutes=0.01, minutes_ago=0)
            await post.empty()
        assert (post.outcomes(), gateway.got) == (["expired"], [])
