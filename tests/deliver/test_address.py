from datetime import UTC, datetime

import pytest
from alerted import at

from streams.transport.address import is_public
from streams.transport.post import retry_after_s
from streams.transport.resolver import ForbiddenAddressError, PublicResolver


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
     "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
     "64:ff9b::7f00:1", "2002:7f00:1::", "not an address"],
)  # fmt: skip
def test_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_public(address):
    assert is_public(address)


async def test_a_name_that_leads_to_a_private_address_is_refused():
    with pytest.raises(ForbiddenAddressError):
        await PublicResolver().resolve("localhost", 443)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", 0), ("17", 17), (" 3 ", 3), ("-5", 0), ("soon", 0), ("²", 0),
     ("Mon, 30 Mar 2020 08:02:00 GMT", 120), ("Mon, 30 Mar 2020 07:00:00 GMT", 0)],
)  # fmt: skip
def test_retry_after(header, seconds):
    assert retry_after_s(header, at()) == seconds
    assert at() == datetime(2020, 3, 30, 8, tzinfo=UTC)
