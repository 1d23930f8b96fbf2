"""An officer who must learn who has not answered has one way at least that takes free words."""

import pytest
from alerted import a_receiver

from schemas.receiver import Office, Way
from schemas.roster import Group
from schemas.settings import Settings
from streams.config import ConfigError
from streams.hops.whom import check_words

TEMPLATES_ONLY = {"channel": "aliyun-sms", "phone": "13800138000"}


def checked(*duty, groups=(), **officer):
    receivers = (a_receiver("ranger", **TEMPLATES_ONLY), a_receiver("officer", **officer))
    check_words(Settings(receivers=receivers, groups=groups, office=Office(duty=duty)))


@pytest.mark.parametrize("duty", ["officer", "shift"])
def test_approved_templates_alone_are_refused_with_the_path(duty):
    shift = Group(name="shift", fallback=("officer",))
    with pytest.raises(ConfigError, match=r"office\.duty\[0\]: 'officer' has aliyun-sms, cap alone"):
        checked(duty, groups=(shift,), then=(Way(channel="cap"),), **TEMPLATES_ONLY)


def test_a_further_way_that_takes_free_words_will_do_and_rangers_need_none():
    checked("officer", then=(Way(channel="voice"),), **TEMPLATES_ONLY)
    checked("officer")
    checked()
