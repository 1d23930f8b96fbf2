"""The shape of `[desk]`: what the server keeps, for how long, how much it answers, and where its log goes."""

from typing import Annotated

from msgspec import Meta, Struct


class DeskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[desk]`: the server and its desk."""

    callers_days: Annotated[
        int, Meta(ge=1, le=3650, description="So long a caller's number and name are kept.")
    ] = 90
    permits_days: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="So long after a permit to burn ends its contact's name and number are kept.",
        ),
    ] = 90
    audit_days: (
        Annotated[int, Meta(ge=180, le=36500, description="Audit entries older are pruned; null: never.")]
        | None
    ) = None
    syslog: Annotated[
        str,
        Meta(
            pattern=r"^$|^(udp|tcp|tls)://[A-Za-z0-9._-]+:[0-9]{1,5}$",
            description="Where audit entries are sent as they are made, RFC 5424: `tls://log.example:6514`.",
        ),
    ] = ""
    syslog_ca_file: Annotated[
        str,
        Meta(description="Authorities (PEM) that vouch for the log server; empty: those of this machine."),
    ] = ""
    syslog_cert_file: Annotated[
        str, Meta(description="Certificate (PEM) that we show it, where it asks for one.")
    ] = ""
    syslog_key_file: Annotated[str, Meta(description="The key to it, without a passphrase.")] = ""
    writes_per_min: Annotated[
        int, Meta(ge=10, le=100_000, description="What one person or key may write a minute.")
    ] = 240
    reads_per_min: Annotated[
        int, Meta(ge=60, le=1_000_000, description="Costly answers a minute, for each of them.")
    ] = 1200
    ingest_per_min: Annotated[
        int, Meta(ge=60, le=1_000_000, description="Deliveries of observations a minute, for each key.")
    ] = 6000
