"""A way on which nobody can ever be told is refused at start, with its place and the way out."""

import msgspec
import pytest
from alerted import a_receiver
from hypothesis import given
from hypothesis import strategies as st

from detectors.region import Region
from schemas.receiver import Way
from schemas.settings import Settings
from streams.config import ConfigError, check_secrets, check_tables
from streams.hops.build import OWNERS, build_hops
from streams.hops.whom import in_service
from streams.transport.address import refusal

WORLD = Region("test", {})
TEMPLATES = {
    "template_tell": "SMS_1",
    "template_end": "SMS_2",
    "template_digest": "SMS_3",
    "template_leave": "SMS_4",
    "template_lower": "SMS_5",
}
SET = {
    "aliyun-sms": TEMPLATES,
    "tencent-sms": TEMPLATES | {"app_id": "1400000000"},
    "gateway-sms": {"url": "https://sms.example.cn/send?to={phone}"},
    "voice": {"url": "https://voice.example.cn/call"},
}
MOBILE = "13800138000"


def served(receiver, channels=SET):
    settings = Settings(receivers=(receiver,), channels=channels)
    return in_service(settings, WORLD, check_tables(settings, OWNERS))


def both(**fields):
    """The same way as the receiver's own and as a further one, with the path of each."""
    yield a_receiver(**({"url": ""} | fields)), r"\$\.receivers\[0\]"
    yield a_receiver(then=(msgspec.convert(fields, Way),)), r"\$\.receivers\[0\]\.then\[0\]"


def refused(said, channels=SET, **fields):
    for receiver, path in both(**fields):
        with pytest.raises(ConfigError, match=said.replace("PATH", path)):
            served(receiver, channels)


@pytest.mark.parametrize("channel", ["webhook", "cap"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "the channel .* needs one"),
        ("http://office.example/in", "not HTTPS.*allow_private = true"),
        ("https://10.1.2.3/in", "private address.*allow_private = true"),
        ("office.example/in", "not an HTTP URL.*https://"),
    ],
)
def test_an_address_that_nothing_is_sent_to_is_refused(channel, url, said):
    refused(rf"PATH\.url: {said}", channel=channel, url=url)


@pytest.mark.parametrize("url", ["http://10.1.2.3/in", "https://office.example/in"])
def test_a_receiver_that_allows_it_hears_inside_the_own_network(url):
    for receiver, _ in both(channel="webhook", url=url, allow_private=True):
        assert served(receiver) == (receiver,)
    refused(r"PATH\.url: not an HTTP URL", channel="webhook", url="ftp://10.1.2.3", allow_private=True)


@given(
    st.sampled_from(["http", "https", "ftp"]),
    st.sampled_from(["10.0.0.1", "8.8.8.8", "office.example", "localhost", "[::1]", ""]),
    st.booleans(),
)
def test_what_is_refused_at_start_is_what_every_attempt_would_refuse(scheme, host, allowed):
    url = f"{scheme}://{host}/in"
    receiver = a_receiver(url=url, allow_private=allowed)
    if refusal(url, allow_private=allowed):
        with pytest.raises(ConfigError):
            served(receiver)
    else:
        assert served(receiver) == (receiver,)


@pytest.mark.parametrize(
    ("channel", "option"),
    [
        *(("aliyun-sms", name) for name in SET["aliyun-sms"]),
        *(("tencent-sms", name) for name in SET["tencent-sms"]),
        ("gateway-sms", "url"),
        ("voice", "url"),
        ("aliyun-sms", "secret_env"),
        ("tencent-sms", "secret_env"),
    ],
)
def test_an_option_that_is_empty_is_refused_where_somebody_needs_it(channel, option):
    without = SET | {channel: SET[channel] | {option: ""}}
    refused(
        rf"\$\.channels\.{channel}\.{option}: empty, so PATH would", without, channel=channel, phone=MOBILE
    )
    assert served(a_receiver(), without)


def test_a_gateway_inside_the_own_network_needs_leave():
    inside = {"voice": {"url": "http://10.0.0.5/call"}}
    refused(r"\$\.channels\.voice\.url: not HTTPS, so PATH would", inside, channel="voice", phone=MOBILE)
    assert served(a_receiver(channel="voice", phone=MOBILE, allow_private=True), inside)


def test_what_is_taken_into_service_is_held_against_the_options_that_are_set():
    receiver = a_receiver(channel="aliyun-sms", phone=MOBILE)
    assert build_hops(Settings(receivers=(receiver,), channels=SET), WORLD)
    with pytest.raises(ConfigError, match=r"\$\.channels\.aliyun-sms\.template_tell: empty"):
        build_hops(Settings(receivers=(receiver,)), WORLD)


@pytest.mark.parametrize("channel", ["aliyun-sms", "tencent-sms"])
def test_a_number_that_no_message_reaches_is_refused(channel):
    for phone in ("138", "1380013800", "138001380000", "12800138000", "08341234567", "+86138", "+123456"):
        refused(r"PATH\.phone: .* 11 digits", channel=channel, phone=phone)
    for phone in (MOBILE, f"+86{MOBILE}", "+4915112345678"):
        assert served(a_receiver(channel=channel, phone=phone))


def test_a_further_way_takes_the_number_of_its_receiver():
    assert served(a_receiver(phone=MOBILE, then=(Way(channel="aliyun-sms"),)))


@pytest.mark.parametrize(("channel", "name"), [("aliyun-sms", "ALIYUN_SMS"), ("tencent-sms", "TENCENT_SMS")])
def test_the_secret_that_a_channel_takes_by_default_must_be_there(channel, name):
    for receiver, _ in both(channel=channel, phone=MOBILE):
        settings = Settings(receivers=(receiver,), channels=SET)
        with pytest.raises(
            ConfigError, match=rf"\$\.channels\.{channel}\.secret_env: .*{name} nor {name}_FILE"
        ):
            check_secrets(settings, {"OTHER": "x"})
        check_secrets(settings, {name: "id key"})
        check_secrets(settings, {f"{name}_FILE": "/run/secrets/sms"})


def test_a_secret_of_the_receiver_or_of_the_settings_stands_before_the_default():
    for receiver, path in both(channel="aliyun-sms", phone=MOBILE, secret_env="MINE"):
        settings = Settings(receivers=(receiver,))
        with pytest.raises(ConfigError, match=rf"{path}\.secret_env: .*MINE nor MINE_FILE"):
            check_secrets(settings, {"ALIYUN_SMS": "id key"})
        check_secrets(settings, {"MINE": "id key"})
    named = Settings(
        receivers=(a_receiver(channel="aliyun-sms"),), channels={"aliyun-sms": {"secret_env": "OURS"}}
    )
    check_secrets(named, {"OURS": "id key"})
    with pytest.raises(ConfigError, match="OURS nor OURS_FILE"):
        check_secrets(named, {"ALIYUN_SMS": "id key"})
