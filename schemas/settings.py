"""The shape of the settings file; every table that a plug-in owns is left open and checked by it."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from schemas.base_map import BaseMap
from schemas.desk_settings import DeskSettings
from schemas.drill import Rehearsal
from schemas.receiver import Office, Receiver
from schemas.roster import Group
from schemas.silencing import Silencing
from schemas.units import UtcTime, Version


class Kafka(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[kafka]`: how every client reaches the brokers. Secrets come from the environment."""

    prefix: Annotated[str, Meta(pattern="^[A-Za-z0-9._-]*$", description="Before every topic and group.")] = (
        "fenghuo."
    )
    partitions: Annotated[int, Meta(ge=1, le=256)] = 8
    replication: Annotated[int, Meta(ge=1, le=9)] = 1
    session_s: Annotated[
        float, Meta(ge=6, le=1800, description="How long a worker that is not heard of keeps its partitions.")
    ] = 60.0
    security: str = "plaintext"
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    sasl_mechanism: str = ""
    username_env: str = "FENGHUO_KAFKA_USERNAME"
    password_env: str = "FENGHUO_KAFKA_PASSWORD"  # noqa: S105 - where the password is found, not the password


class Layer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[layers]]`: what holds in one place, of one station or pest, in place of what holds everywhere."""

    scope: Annotated[
        str,
        Meta(
            pattern="^((province|city|county|area|station):[^ ]+|species:[^ ].*)$",
            max_length=200,
            description="`county:513401`, `area:ID` (protected), `station:SOURCE`, `species:NAME`.",
        ),
    ]
    reason: Annotated[str, Meta(max_length=400, description="Why it differs here.")] = ""
    grade: Annotated[dict[str, Any], Meta(description="As [grade]; of a place alone.")] = field(
        default_factory=dict
    )
    lifecycle: Annotated[dict[str, Any], Meta(description="As [lifecycle]; of a place alone.")] = field(
        default_factory=dict
    )
    carbon: Annotated[dict[str, Any], Meta(description="As [carbon]; of a place alone.")] = field(
        default_factory=dict
    )
    report_duty: Annotated[dict[str, Any], Meta(description="As [report_duty]; of a place alone.")] = field(
        default_factory=dict
    )
    detectors: Annotated[
        dict[str, dict[str, Any]],
        Meta(description="As [detectors.…]; of a station, or where the county, city or province is known."),
    ] = field(default_factory=dict)
    outbreak: Annotated[
        dict[str, dict[str, Any]],
        Meta(description="As [outbreak] but registers and memory; of a species alone."),
    ] = field(default_factory=dict)


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole settings file."""

    v: Version = 1
    name: Annotated[str, Meta(description="Named in every alert.")] = "default"
    effective_at: Annotated[
        UtcTime | None,
        Meta(description="From when who is told is in force, with offset; null: when it is seen."),
    ] = None
    issuer: Annotated[str, Meta(description="发布单位; until set, CAP status is Exercise.")] = ""
    jurisdiction: Annotated[
        str,
        Meta(min_length=1, description="A profile that ships, or the path of your own."),
    ] = "cn-sichuan"
    zone: Annotated[str, Meta(description="IANA time zone; empty: that of the jurisdiction.")] = ""
    languages: Annotated[
        tuple[str, ...], Meta(description="In this order; empty: those of the jurisdiction.")
    ] = ()
    map: BaseMap = field(default_factory=BaseMap)
    map_number: Annotated[str, Meta(description="审图号 shown on the map.")] = ""
    tick_s: Annotated[float, Meta(gt=0, le=60, description="Live: seconds between ticks.")] = 5.0
    kafka: Kafka = field(default_factory=Kafka)
    observe: dict[str, Any] = field(default_factory=dict)
    detectors: dict[str, dict[str, Any]] = field(default_factory=dict)
    association: dict[str, Any] = field(default_factory=dict)
    spotting: dict[str, Any] = field(default_factory=dict)
    judge: dict[str, Any] = field(default_factory=dict)
    crossing: dict[str, Any] = field(default_factory=dict)
    permits: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)
    maps: Annotated[
        dict[str, str], Meta(description="Name to TOML file, from where it runs: `?map=NAME` of a push.")
    ] = field(default_factory=dict)
    static_heat: dict[str, Any] = field(default_factory=dict)
    blind: dict[str, Any] = field(default_factory=dict)
    outbreak: dict[str, Any] = field(default_factory=dict)
    grade: dict[str, Any] = field(default_factory=dict)
    lifecycle: dict[str, Any] = field(default_factory=dict)
    report_duty: dict[str, Any] = field(default_factory=dict)
    feedback: dict[str, Any] = field(default_factory=dict)
    carbon: dict[str, Any] = field(default_factory=dict)
    weather: dict[str, Any] = field(default_factory=dict)
    tell: dict[str, Any] = field(default_factory=dict)
    office: Office = field(default_factory=Office)
    desk: DeskSettings = field(default_factory=DeskSettings)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    receivers: tuple[Receiver, ...] = ()
    silences: tuple[Silencing, ...] = ()
    groups: tuple[Group, ...] = ()
    drills: tuple[Rehearsal, ...] = ()
    layers: tuple[Layer, ...] = ()


class Setting(Struct, frozen=True, kw_only=True):
    """One message of `setting.v1`: one versioned settings document."""

    v: Version = 1
    name: str
    version: Annotated[int, Meta(ge=1)]
    author: str
    reason: str
    effective_at: Annotated[UtcTime, Meta(description="From when on it is in force.")]
    document: Annotated[str, Meta(description="The TOML text.")]
    received_at: Annotated[UtcTime | None, Meta(description="When the log took it in.")] = None
