import base64
import json
import secrets
from datetime import UTC, datetime

import pytest
from alerted import a_receiver, an_alert
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channels import CHANNELS
from alerts.channels.base import Given, Message, Response, Stamp
from alerts.channels.webhook import BULKY, Options, accepted, render, request
from schemas.incident import Place
from schemas.reason import Reason
from schemas.settings import Settings
from streams.jurisdiction import in_force


def a_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


GIVEN = Given(Options(), in_force(Settings()))
ADDRESS = "https://x.example"


def signed(message, *keys, notice_id="notice_1"):
    stamp = Stamp(notice_id, datetime.now(UTC), "", keys)
    return request(GIVEN, message, a_receiver(url=ADDRESS), stamp)


def test_every_channel_has_a_name_of_its_own():
    assert len({channel.name for channel in CHANNELS}) == len(CHANNELS)


@given(st.text(max_size=200))
def test_the_reference_implementation_accepts_our_signature(headline):
    secret = a_secret()
    post = signed(render(GIVEN, an_alert(headline={"zh": headline}), a_receiver()), secret)
    message = Webhook(secret).verify(post.body, post.headers)
    assert message["type"] == "alert.new"
    assert message["data"]["headline"]["zh"] == headline
    assert post.headers["webhook-id"] == "notice_1"


def test_both_keys_verify_while_a_key_is_changed():
    old, new = a_secret(), a_secret()
    post = signed(render(GIVEN, an_alert(), a_receiver()), new, old)
    assert Webhook(old).verify(post.body, post.headers) == Webhook(new).verify(post.body, post.headers)


def test_a_changed_byte_is_refused():
    secret = a_secret()
    post = signed(Message('{"grade":"IV"}'), secret)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(b'{"grade":"I" }', post.headers)


def test_an_unpadded_secret_is_understood():
    secret = "whsec_" + base64.b64encode(b"x" * 25).decode().rstrip("=")
    post = signed(Message("{}"), secret)
    assert Webhook(secret).verify(post.body, post.headers) == {}


@pytest.mark.parametrize("bad", ["", "whsec_", "whsec_päss", "whsec_not base64!"])
def test_a_bad_secret_is_refused_without_showing_it(bad):
    with pytest.raises(ValueError, match="base64") as caught:
        signed(Message(""), bad)
    assert bad.removeprefix("whsec_") == "" or bad.removeprefix("whsec_") not in str(caught.value)


def test_without_a_secret_there_is_an_id_and_no_signature():
    post = signed(Message(""))
    assert "webhook-signature" not in post.headers
    assert post.headers["webhook-id"] == "notice_1"


def test_an_ordinary_message_is_the_whole_alert():
    message = json.loads(render(GIVEN, an_alert(), a_receiver()).body)
    assert set(message) == {"type", "timestamp", "data"}
    assert message["data"]["footprint"]["type"] == "Point"
    assert "omitted" not in message["data"]


def test_a_large_footprint_is_left_out_first():
    ring = [[100 + k / 1000, 27.0] for k in range(3000)]
    alert = an_alert(footprint={"type": "Polygon", "coordinates": [ring]})
    body = render(GIVEN, alert, a_receiver()).body
    data = json.loads(body)["data"]
    assert len(body.encode()) < 20_000
    assert data["omitted"] == ["footprint"]
    assert data["places"]


def test_nothing_makes_a_message_too_large():
    many = tuple(Place(layer="county", place_id=str(k), name="县" * 50, relation="near") for k in range(500))
    words = {"zh": "火" * 4000, "en": "f" * 4000}
    alert = an_alert(
        places=many,
        description=words,
        headline={"zh": "火" * 9000},
        reasons=tuple(Reason(code="opened", detail="x" * 99) for _ in range(300)),
        lineage=tuple(f"F{k}" for k in range(3000)),
    )
    body = render(GIVEN, alert, a_receiver()).body
    assert len(body.encode()) < 20_000
    assert json.loads(body)["data"]["alert_id"] == alert.alert_id


def test_what_is_left_out_are_fields_of_an_alert():
    assert set(BULKY) <= set(an_alert().__struct_fields__)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (199, "retry"),
        (200, "accepted"),
        (204, "accepted"),
        (299, "accepted"),
        (302, "retry"),
        (410, "failed"),
    ],
)
def test_only_2xx_is_success_and_410_is_the_end(status, outcome):
    assert accepted(GIVEN, Response(status)).outcome == outcome
