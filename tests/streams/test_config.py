import msgspec
import pytest
from msgspec import Struct

from schemas.receiver import Receiver
from schemas.settings import Settings
from streams.config import ConfigError, check_secrets, check_tables, load_settings, settings_version


class Fusion(Struct, frozen=True, kw_only=True):
    radius_km: float = 1.5
    days: int = 5


def written(folder, text, encoding="utf-8"):
    path = folder / "site.toml"
    path.write_text(text, encoding=encoding)
    return path


def refusal(folder, text, environ=None):
    with pytest.raises(ConfigError) as caught:
        load_settings(written(folder, text), environ or {})
    return str(caught.value)


def test_without_a_file_the_defaults_hold():
    assert load_settings(None, {}) == Settings()


def test_a_file_is_read_with_its_tables_and_receivers(tmp_path):
    settings = load_settings(
        written(tmp_path, 'name = "凉山"\n[kafka]\npartitions = 4\n[[receivers]]\nname = "a"\nareas = ["x"]'),
        {},
    )
    assert (settings.name, settings.kafka.partitions, settings.receivers[0].areas) == ("凉山", 4, ("x",))


def test_a_file_saved_by_notepad_with_a_byte_order_mark_is_read(tmp_path):
    assert load_settings(written(tmp_path, 'name = "a"', "utf-8-sig"), {}).name == "a"


def test_a_typo_names_file_path_and_the_nearest_name(tmp_path):
    text = refusal(tmp_path, '[kafka]\nprefx = "x"')
    assert text == f"{tmp_path / 'site.toml'}: $.kafka.prefx: unknown; did you mean prefix?"


def test_a_typo_in_a_list_of_tables_names_its_index(tmp_path):
    text = refusal(tmp_path, '[[receivers]]\nname = "a"\n[[receivers]]\nname = "b"\nchanel = "x"')
    assert "$.receivers[1].chanel: unknown; did you mean channel?" in text


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[kafka]\npartitions = 0", "$.kafka.partitions: Expected `int` >= 1"),
        ("tick_s = 'slow'", "$.tick_s: Expected `float`"),
        ("zone = 'Asia/Atlantis'", "$.zone: 'Asia/Atlantis' is no IANA time zone"),
        ("zone = '../etc'", "$.zone:"),
        ("[[receivers]]\nname='a'\n[[receivers]]\nname='a'", "$.receivers[1].name: 'a' is empty or taken"),
        ("kafka = 3", "$.kafka: Expected `object`"),
        ("name = ", "not TOML:"),
    ],
)
def test_an_impossible_value_is_refused_with_its_path(tmp_path, text, path):
    assert path in refusal(tmp_path, text)


def test_a_missing_file_and_bytes_that_are_no_text_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read"):
        load_settings(tmp_path / "absent.toml", {})
    (tmp_path / "bad.toml").write_bytes(b"name = '\xff'")
    with pytest.raises(ConfigError, match=r"bad\.toml: not UTF-8"):
        load_settings(tmp_path / "bad.toml", {})


def test_the_environment_lies_over_the_file(tmp_path):
    path = written(tmp_path, '[kafka]\nprefix = "a."\npartitions = 2')
    environ = {
        "FENGHUO__KAFKA__PREFIX": "b.",
        "FENGHUO__KAFKA__PARTITIONS": "16",
        "FENGHUO__NAME": "2026",
        "FENGHUO__DETECTORS__FUSION__DAYS": "3",
        "FENGHUO__RECEIVERS": '[{name = "x", url = "https://x.invalid"}]',
        "FENGHUO_KAFKA_PASSWORD": "kept out",
    }
    settings = load_settings(path, environ)
    assert (settings.kafka.prefix, settings.kafka.partitions, settings.name) == ("b.", 16, "2026")
    assert settings.detectors == {"fusion": {"days": 3}}
    assert settings.receivers[0].url == "https://x.invalid"
    assert b"kept out" not in msgspec.json.encode(settings)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("FENGHUO__KAFKA__PREFX", "FENGHUO__KAFKA__PREFX: $.kafka.prefx: unknown; did you mean prefix?"),
        ("FENGHUO__", "empty name"),
        ("FENGHUO__NAME__DEEPER", "$.name is not a table"),
    ],
)
def test_a_typo_in_the_environment_names_the_variable_and_not_its_content(tmp_path, name, wanted):
    text = refusal(tmp_path, "name = 'a'", {name: "s3cret-value"})
    assert wanted in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[tell]\nwebhook_secret = 'whsec_abc'", "$.tell.webhook_secret"),
        ("[detectors.firms]\nmap_key = 'whsec_abc'", "$.detectors.firms.map_key"),
        ("[kafka]\npassword = 'whsec_abc'", "$.kafka.password: unknown; did you mean password_env?"),
        (
            "[kafka]\npassword_env = 'whsec+abc/=='",
            "$.kafka.password_env: the name of an environment variable",
        ),
        ("[[receivers]]\nname = 'a'\nurl = 'https://u:whsec@x.invalid'", "$.receivers[0].url"),
    ],
)
def test_a_secret_in_settings_is_refused_and_not_repeated(tmp_path, text, path):
    message = refusal(tmp_path, text)
    assert path in message
    assert "whsec" not in message


def test_plug_ins_check_their_own_tables():
    settings = Settings(detectors={"fusion": {"radius_km": 2}})
    options = check_tables(settings, [("detectors.fusion", Fusion), ("observe", Fusion)])
    assert options == {"detectors.fusion": Fusion(radius_km=2.0), "observe": Fusion()}


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (
            Settings(detectors={"fusion": {"radus_km": 2}}),
            "$.detectors.fusion.radus_km: unknown; did you mean radius_km?",
        ),
        (Settings(detectors={"fusion": {"days": "x"}}), "$.detectors.fusion.days: Expected `int`, got `str`"),
        (
            Settings(detectors={"fusoin": {}}),
            "$.detectors.fusoin: unknown table; did you mean detectors.fusion?",
        ),
        (Settings(grade={"x": 1}), "$.grade: unknown table"),
    ],
)
def test_a_typo_in_a_plug_in_table_is_refused_with_its_path(settings, wanted):
    with pytest.raises(ConfigError) as caught:
        check_tables(settings, [("detectors.fusion", Fusion)])
    assert wanted in str(caught.value)


def test_the_version_follows_the_content_and_nothing_else(tmp_path):
    one = load_settings(written(tmp_path, "name = 'a'\ntick_s = 2\n[tell]\nb = 1\na = 2"), {})
    two = load_settings(written(tmp_path, "tick_s = 2.0\nname = 'a'\n[tell]\na = 2\nb = 1"), {})
    other = load_settings(written(tmp_path, "name = 'b'"), {})
    assert settings_version(one) == settings_version(two) != settings_version(other)
    assert len(settings_version(one)) == 12


def test_a_receiver_without_its_secret_is_refused_at_start():
    settings = Settings(
        receivers=(Receiver(name="duty", url="https://example.org", secret_env="DUTY_SECRET"),)
    )
    with pytest.raises(ConfigError, match="receiver duty: neither DUTY_SECRET nor DUTY_SECRET_FILE is set"):
        check_secrets(settings, {})
    check_secrets(settings, {"DUTY_SECRET": "whsec_c2VjcmV0"})
    check_secrets(settings, {"DUTY_SECRET_FILE": "/run/secrets/duty"})


@pytest.mark.parametrize(
    ("channel", "bad", "good"),
    [
        ("webhook", "my secret!", "whsec_c2VjcmV0 whsec_bmV3"),
        ("aliyun-sms", "only-one-word", "id key"),
        ("tencent-sms", "three words here", "id key"),
    ],
)
def test_a_secret_that_signs_nothing_is_refused_at_start_and_not_shown(channel, bad, good):
    there = Receiver(name="duty", channel=channel, url="https://example.org", secret_env="DUTY_SECRET")
    settings = Settings(receivers=(there,))
    with pytest.raises(
        ConfigError, match=r"receiver duty: DUTY_SECRET: .*nobody there would be told"
    ) as told:
        check_secrets(settings, {"DUTY_SECRET": bad})
    assert not any(word in str(told.value) for word in ("secret!", "only-one", "three"))
    check_secrets(settings, {"DUTY_SECRET": good})
