"""即报, 续报, 终报: one fire on the form of the jurisdiction; what nobody has told stands as unknown."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from alerts.waiting import Told
from schemas.alert import Alert
from schemas.incident import Incident, Place
from schemas.jurisdiction import Jurisdiction
from schemas.notice import Notice
from schemas.report_form import FormField, ReportForm, Stage
from schemas.wording import Words

LEVELS = ("province", "city", "county", "township")
MOST = 12
"""Names in one line."""


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of one fire."""

    incident: Incident
    told: Told | None = None
    notices: tuple[Notice, ...] = ()
    office: str = ""
    now: datetime


class Line(Struct, frozen=True, kw_only=True):
    """One line of the report; `known` false: it says that nobody has told it."""

    label: str
    text: str
    known: bool = True


class FireReport(Struct, frozen=True, kw_only=True):
    """The report as text, ready to be set."""

    language: str
    title: str
    mark: str
    lines: tuple[Line, ...]


class _Pen(Struct, frozen=True, kw_only=True):
    """What the writers of lines need: the facts and the words."""

    facts: Facts
    profile: Jurisdiction
    form: ReportForm
    language: str

    @property
    def words(self) -> Words:
        return self.profile.words[self.language]

    @property
    def alert(self) -> Alert | None:
        return None if self.facts.told is None else self.facts.told.alert

    def say(self, which: str, /, **values: object) -> str:
        """Return a sentence of the form with its gaps filled."""
        return self.form.sentence[which][self.language].format(**values)

    def join(self, parts: Sequence[str]) -> str:
        return self.words.list_separator.join(parts)

    def at(self, moment: datetime) -> str:
        return moment.astimezone(ZoneInfo(self.profile.zone)).strftime("%Y-%m-%d %H:%M %z")


class FormError(ValueError):
    """The profile has no form for this, or not the language that is asked for."""


def fire_report(facts: Facts, profile: Jurisdiction, stage: Stage, language: str = "") -> FireReport:
    """Return the report of a stage in a language of the profile (empty: its first); raises `FormError`."""
    if facts.incident.kind != "fire":
        raise FormError(f"the form is that of fires, and {facts.incident.incident_id} is none")
    form, chosen = profile.report, language or profile.languages[0]
    if form is None or chosen not in profile.languages:
        raise FormError("the profile of the jurisdiction has no report form in this language")
    pen = _Pen(facts=facts, profile=profile, form=form, language=chosen)
    rebuilt = facts.incident.reconstruction
    return FireReport(
        language=chosen,
        title=form.title[stage][chosen],
        mark=form.reconstruction[chosen] if rebuilt else "",
        lines=tuple(_line(pen, field) for field in form.field),
    )


def _line(pen: _Pen, field: FormField) -> Line:
    label = field.text[pen.language]
    if field.by_hand:
        return Line(label=label, text=pen.form.by_hand[pen.language], known=False)
    text = WRITERS[field.name](pen)
    return Line(label=label, text=text or pen.form.unknown[pen.language], known=bool(text))


def _names(pen: _Pen, layers: Sequence[str]) -> list[str]:
    """Return places of some layers: sure ones by name, possible ones with how likely, near ones with km."""
    return [_named(pen, one) for one in pen.facts.incident.places if one.layer in layers][:MOST]


def _named(pen: _Pen, one: Place) -> str:
    if one.relation == "near" and one.away_km is not None:
        return pen.say("near", name=one.name, km=f"{one.away_km:.1f}")
    if one.relation == "possibly_inside" and one.probability is not None:
        return pen.say("likely", name=one.name, percent=f"{100 * one.probability:.0f}")
    return one.name


def _place(pen: _Pen) -> str:
    order = LEVELS if pen.words.widest_first else LEVELS[::-1]
    levels = [pen.words.either.join(_names(pen, (level,))) for level in order]
    return pen.words.place_separator.join(level for level in levels if level)


def _position(pen: _Pen) -> str:
    one = pen.facts.incident
    where = {"longitude": f"{one.longitude:.4f}", "latitude": f"{one.latitude:.4f}"}
    return pen.say("position", **where, radius_m=f"{one.radius_m:.0f}")


def _damaged(pen: _Pen) -> str:
    entered = pen.facts.incident.entered
    return (
        "" if entered is None or entered.area_ha is None else pen.say("hectares", ha=f"{entered.area_ha:g}")
    )


def _burned(pen: _Pen) -> str:
    area = pen.facts.incident.area_ha
    return "" if area is None else pen.say("at_most", ha=f"{area:.0f}")


def _casualties(pen: _Pen) -> str:
    entered = pen.facts.incident.entered
    if entered is None or (entered.deaths is None and entered.serious_injuries is None):
        return ""
    unknown = pen.form.unknown[pen.language]
    given = {"deaths": entered.deaths, "injured": entered.serious_injuries}
    return pen.say("casualties", **{name: unknown if one is None else one for name, one in given.items()})


def _loss(pen: _Pen) -> str:
    entered = pen.facts.incident.entered
    return (
        ""
        if entered is None or entered.loss_cny is None
        else pen.say("yuan", amount=f"{entered.loss_cny:.0f}")
    )


def _weather(pen: _Pen) -> str:
    alert = pen.alert
    known = alert.carbon.weather if alert is not None else None
    wind = known.wind_ms if known is not None else alert.wind_ms if alert is not None else None
    said = [] if wind is None else [pen.say("wind", speed=f"{wind:.1f}")]
    if known is not None and known.temperature_c is not None:
        said.append(pen.say("temperature", degrees=f"{known.temperature_c:.0f}"))
    if known is not None and known.humidity_pct is not None:
        said.append(pen.say("humidity", percent=f"{known.humidity_pct:.0f}"))
    return pen.join(said)


def _trend(pen: _Pen) -> str:
    shape = pen.facts.incident.shape
    said = []
    if shape is not None and shape.growth_ha_h is not None:
        said.append(pen.say("growth", rate=f"{shape.growth_ha_h:.0f}"))
    if shape is not None and shape.head is not None:
        towards = pen.words.direction[round(shape.head.azimuth_deg / 45.0) % 8]
        said.append(pen.say("head", direction=towards, km=f"{shape.head.distance_km:.1f}"))
    return pen.join(said)


def _carbon(pen: _Pen) -> str:
    one = pen.alert.carbon if pen.alert is not None else None
    if one is None or one.carbon_t is None or one.low_t is None or one.high_t is None:
        return ""
    figures = {"tonnes": one.carbon_t, "low": one.low_t, "high": one.high_t}
    rounded = {name: f"{value:.0f}" for name, value in figures.items()}
    return pen.say("carbon", **rounded, hours=f"{one.horizon_h or 0:g}")


def _told(pen: _Pen) -> str:
    taken = [one for one in pen.facts.notices if one.outcome == "accepted"]
    first: dict[str, Notice] = {}
    for one in sorted(taken, key=lambda each: (each.at, each.receiver)):
        first.setdefault(one.receiver, one)
    said = [
        pen.say("notice", who=one.receiver, channel=one.channel, at=pen.at(one.at)) for one in first.values()
    ]
    return pen.join(said[:MOST])


def _answers(pen: _Pen) -> str:
    said = pen.facts.incident.feedback
    words = {one.code: one.text[pen.language] for one in pen.profile.feedback}
    steps = () if said is None else said.steps[-MOST:]
    return pen.join(
        [
            pen.say("answer", who=one.author, what=words.get(one.code, str(one.code)), at=pen.at(one.at))
            for one in steps
        ]
    )


def _duty(pen: _Pen) -> str:
    duty = pen.facts.incident.report_duty
    words = {one.code: one.text[pen.language] for one in pen.profile.trigger}
    said = []
    for one in () if duty is None else duty.holds:
        name = words.get(one.code, one.code)
        said.append(name if one.due_at is None else pen.say("due", what=name, at=pen.at(one.due_at)))
    return pen.join(said)


def _situation(pen: _Pen) -> str:
    return "" if pen.alert is None else pen.alert.description.get(pen.language, "")


def _measures(pen: _Pen) -> str:
    return pen.join(pen.facts.told.words) if pen.facts.told is not None else ""


def _grade(pen: _Pen) -> str:
    one = pen.facts.incident
    return pen.words.grade[one.kind][one.grade]


WRITERS: Mapping[str, Callable[[_Pen], str]] = {
    "reporter": lambda pen: pen.facts.office,
    "reported_at": lambda pen: pen.at(pen.facts.now),
    "code": lambda pen: f"{pen.facts.incident.short_code} · {pen.facts.incident.incident_id}",
    "found_at": lambda pen: pen.at(pen.facts.incident.opened_at),
    "place": _place,
    "position": _position,
    "grade": _grade,
    "sources": lambda pen: pen.join(pen.facts.incident.sources[:MOST]),
    "burned": _burned,
    "damaged": _damaged,
    "casualties": _casualties,
    "loss": _loss,
    "weather": _weather,
    "situation": _situation,
    "trend": _trend,
    "threat": lambda pen: pen.join(_names(pen, ("settlements", "facilities"))),
    "protected": lambda pen: pen.join(_names(pen, ("protected_areas",))),
    "carbon": _carbon,
    "measures": _measures,
    "told": _told,
    "answers": _answers,
    "duty": _duty,
}
"""What writes each line; an empty text is unknown."""
