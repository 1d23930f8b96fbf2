"""Which addresses a message may go to: public ones over HTTPS, unless the receiver allows more."""

import ipaddress

from yarl import URL

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses that carry an IPv4 address in their last 32 bits (RFC 6052)."""


def is_public(address: str) -> bool:
    """Return whether an IP address, and any IPv4 address inside it, is on the public Internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner: list[ipaddress.IPv4Address | None] = []
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    carried = [one for one in inner if one is not None]
    if carried:
        return all(is_public(str(one)) for one in carried)
    return ip.is_global and not ip.is_multicast


def refusal(url: str, *, allow_private: bool) -> str:
    """Return why nothing is sent to this URL, in words without the URL, or an empty string."""
    try:
        parsed = URL(url)
    except ValueError:
        return "not a URL"
    if parsed.host is None or parsed.scheme not in {"http", "https"}:
        return "not an HTTP URL"
    if allow_private:
        return ""
    if parsed.scheme != "https":
        return "not HTTPS"
    return "private address" if _is_ip(parsed.host) and not is_public(parsed.host) else ""


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
