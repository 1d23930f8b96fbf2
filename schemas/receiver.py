"""Who is told, of what, how and when: receivers as data, and the office that tells them."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from schemas.units import Grade, IncidentKind, Latitude, Longitude

Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM, local.")]
Corner = tuple[Longitude, Latitude]
Telephone = Annotated[str, Meta(pattern=r"^$|^\+?[0-9]{3,15}$", description="Digits, with + from abroad.")]


class Way(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[receivers.then]]`: the next way to the same receiver, tried when the one before fails."""

    channel: str
    url: str = ""
    secret_env: str = ""
    allow_private: bool = False
    phone: Annotated[Telephone, Meta(description="Empty: that of the receiver.")] = ""


class Quiet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[receivers.quiet]`: hours in which nothing but fire of grade I and II is told; the rest waits."""

    start: Clock = "22:00"
    end: Clock = "06:30"


class Budget(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[receivers.budget]`: how many messages a receiver gets by one channel; what is more is digested."""

    count: Annotated[int, Meta(ge=1, le=10_000, description="Messages in these hours.")] = 40
    hours: Annotated[float, Meta(gt=0, le=744)] = 24.0
    reserve: Annotated[int, Meta(ge=0, description="The last of them, kept for fire of grade I and II.")] = 10


class Receiver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[receivers]]`: who is told, of what, by which channels."""

    name: str
    channel: str = "webhook"
    url: str = ""
    secret_env: Annotated[str, Meta(description="Environment variable that holds the signing secret.")] = ""
    minimum_grade: Grade = "IV"
    tasks: Annotated[bool, Meta(description="Also send tasks, unpaged.")] = False
    kinds: Annotated[
        tuple[IncidentKind, ...],
        Meta(
            description="Fire; pests and lost observation (blind) only where they are named here.",
            min_length=1,
        ),
    ] = ("fire",)
    areas: Annotated[
        tuple[str, ...],
        Meta(description="Administrative codes and ids of protected areas; with no area at all: everywhere."),
    ] = ()
    owners: Annotated[tuple[str, ...], Meta(description="Owners of stands, as the layer names them.")] = ()
    polygon: Annotated[
        tuple[Corner, ...], Meta(description="An area of their own: longitude and latitude of its corners.")
    ] = ()
    audience: Annotated[
        tuple[Literal["quarantine"], ...],
        Meta(description="Marks it carries; finds of quarantine pests go to those marked `quarantine`."),
    ] = ()
    public: Annotated[
        bool, Meta(description="The public, told what an officer let out, and the end of that.")
    ] = False
    drill: Annotated[bool, Meta(description="Takes part in drills: also told what is marked a test.")] = False
    quiet: Quiet | None = None
    budget: Budget | None = None
    escalate_to: Annotated[
        tuple[str, ...], Meta(description="Receivers told when no answer comes in time.", max_length=8)
    ] = ()
    on_duty_in: Annotated[str, Meta(description="Told only while on duty in this group; empty: always.")] = ""
    goes_out: Annotated[
        bool | None,
        Meta(description="Goes to fires, so is called back; null: whoever has a telephone on any way."),
    ] = None
    then: Annotated[tuple[Way, ...], Meta(description="Further ways, in order.", max_length=4)] = ()
    allow_private: Annotated[
        bool, Meta(description="Allow a private or loopback address and plain HTTP.")
    ] = False
    phone: Annotated[Telephone, Meta(description="For SMS and voice.")] = ""
    email: Annotated[str, Meta(pattern=r"^$|^[^@\s<>]+@[^@\s<>]+$", max_length=254)] = ""
    language: Annotated[str, Meta(description="Of what is sent; empty: the first of the jurisdiction.")] = ""


class Office(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[office]`: who tells; what every message must say of its sender."""

    signature: Annotated[
        str,
        Meta(min_length=2, max_length=10, pattern="^[^【】]+$", description="Of SMS, without 【】."),
    ] = "烽火"
    duty_phone: Annotated[Telephone, Meta(description="Duty telephone named in every SMS.")] = ""
    instruction: Annotated[
        str,
        Meta(pattern="^$|^.{2,8}$", description="Safety instruction as approved; empty: the jurisdiction's."),
    ] = ""
    instruction_by: Annotated[
        str,
        Meta(max_length=80, description="Who approved it, and its version: no text without."),
    ] = ""
    instruction_any_wind: Annotated[
        bool, Meta(description="It sends nobody near a fire, so it is told at any wind, also one not known.")
    ] = False
    keep_away_wind_ms: Annotated[
        float,
        Meta(gt=0, le=10.8, description="From here on nobody is told to go near: force 6, GB/T 28591-2012."),
    ] = 10.8
    link: Annotated[
        str,
        Meta(max_length=120, description="Address of `fenghuo serve` for receivers; empty: no links."),
    ] = ""
    link_secret_env: Annotated[
        str, Meta(description="Variable with the key of one-tap answer links; empty: no such links.")
    ] = ""
    duty: Annotated[
        tuple[str, ...], Meta(description="Receivers or groups that get what an officer must know.")
    ] = ()
    code: Annotated[str, Meta(pattern="^$|^[0-9]{6}$", description="Own code, GB/T 2260.")] = ""
    cap_sender: Annotated[
        str, Meta(pattern=r"^[^\s,<&]+$", description="CAP `sender`: a domain or address of the office.")
    ] = "fenghuo.example"
