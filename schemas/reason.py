"""Why: the machine-readable reason of every silence, grade and refusal."""

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from schemas.units import Latitude, Longitude, UtcTime, Version, written

ReasonCode = Annotated[str, Meta(pattern="^[a-z0-9_?]+$", description="One of the closed set in `REASONS`.")]

REASONS: dict[str, str] = {
    "duplicate_of": "This observation was already read.",
    "superseded_by": "A better version of the same observation took its place.",
    "too_late": "Older than the lateness limit when it arrived: kept for history only.",
    "outside_region": "The centre of the position lies outside the region.",
    "masked_by": "A known static heat source explains it.",
    "below_threshold": "Evidence did not reach the threshold.",
    "inhibited_by": "Further observations of a confirmed fire that the receiver was already told of.",
    "permitted": "A permit covers it: `ref` is its number; who answers for it stands at the desk.",
    "permit_exceeded": "The permit `ref` is near, but this goes beyond it in `rule`.",
    "permit_wind_unknown": "The permit has a wind limit, and no station tells the wind.",
    "permit_kept": "A permit: it says where burning is allowed, and claims nothing.",
    "looked": "A source looked and saw nothing; that speaks against fires seen there before.",
    "withdrawn": "Its source took it back.",
    "takes_back": "It takes back what `ref` names, and says nothing else.",
    "waiting_for": "More evidence is needed before anyone is told.",
    "overdue": "Its source has been silent for longer than its rhythm allows.",
    "not_observed_since": "Nobody has looked there since then; that is not the same as no fire.",
    "observed_again": "What was lost is observed again.",
    "no_longer_expected": "The settings expect it no longer: whether it observes again is not known.",
    "fire_danger": "The fire danger there, by which a lost observation is graded.",
    "traps_unread": "What is lost are traps: they watch for no fire, and unread is not empty.",
    "seen_by_others": "Others on the ground still watch the place, so its loss is a grade less grave.",
    "frozen": "The camera has sent the same picture for too long.",
    "dark": "A camera without infrared has no light to see by.",
    "stuck": "The sensor has said the same for longer than its quantity stands still.",
    "weather": "A reading of the weather: it feeds the fire danger and makes no fire.",
    "usual": "The reading is usual for its station at this hour.",
    "unusual": "The reading is far above what is usual for its station at this hour.",
    "no_detector": "No detector in service judges this kind of observation yet.",
    "swapped_coordinates?": "Latitude is impossible; exchanged with longitude it would be possible.",
    "bad_position": "Longitude or latitude is missing, not a number or out of range.",
    "bad_time": "The time of observation is missing, unreadable, before 2000 or in the future.",
    "bad_value": "A field has an impossible value.",
    "missing_column": "A column that is needed is absent.",
    "unreadable": "Not text of a format this feed knows.",
    "step_failed": "The step that judges this message raised an error; the message is kept.",
    "too_large": "Larger than the limit for one message.",
    "no_frame": "The position does not name its frame.",
    "parallax": "A geostationary pixel was brought onto the ground; it was drawn beside its place.",
    "parallax_unknown": "Heights are not known: a geostationary pixel may be drawn beside its place.",
    "clock_set_right": "Its source's clock is behind by `value`; its time may still be early by `margin`.",
    "on_ground": "The look was followed down to the ground; behind that place it may be further.",
    "bearing_only": "Only a direction is known: a task until a second bearing or a place.",
    "bearings_cross": "Bearings from different stations cross here.",
    "bearing_meets": "The bearing of a station passes by this place.",
    "nearest_of": "A coarse look may be of several fires: it is of the nearest; `ref` is the next one.",
    "prior": "Base rate before anything else is known.",
    "seen_by": "Another source of another kind saw it.",
    "seen_again": "It was seen on several independent looks.",
    "pixels": "Several pixels in one look.",
    "strong": "One look found much radiative power.",
    "weak": "Seen by satellites alone, every pixel weak.",
    "grade_rule": "The rule that decided the grade, and how far the next one is.",
    "grade_condition": "What of the grade's condition holds.",
    "grade_floor": "How far it is above what its grade asks for.",
    "grade_lacks": "What is missing to the next grade beside probability.",
    "settings_layer": "Settings of the narrower scope in `ref` had a say in place of those of everywhere.",
    "grade_kept": "The grade stands: it falls only after a margin and a time.",
    "wet_day": "Danger is low or it rained: so much more is asked for every grade.",
    "surroundings": "What was seen weighs so much by land, hour and fire weather.",
    "looked_in_vain": "A later look that could have seen it saw nothing.",
    "conflict": "Sources contradict each other too much to be combined: a person decides.",
    "opened": "First evidence.",
    "grew": "The footprint grew.",
    "new_source": "A source of another kind joined.",
    "new_place": "It reached another area.",
    "grade_raised": "The grade rose.",
    "grade_lowered": "The grade fell.",
    "reopened": "New evidence after quiet.",
    "quiet": "No new sign since the last observation; nobody has declared it out.",
    "merged_into": "It turned out to be part of another incident.",
    "region_changed": "Another version of the region is in force: places and grade are told by it.",
    "spotting": "It began a little way ahead of a large fire: it may be a spot fire of that one.",
    "spotting_candidate": "One pixel at night ahead of a large fire: a spot fire, or only its plume.",
    "threatens": "A settlement or facility lies so near that it is treated as a fire of its own.",
    "reburn": "It began on the ground of a former fire, too long ago to be the same.",
    "newly_threatened": "A settlement or facility newly lies in reach of the hour, or within `threshold`.",
    "place_corrected": "An operator corrected the place that was told, or took the correction back.",
    "kin_changed": "What it stems from was judged anew.",
    "new_field": "It burns in more fields, with cold ground between them.",
    "budget_county": "The pages of this hour are used up in its county: told in a digest instead.",
    "renamed": "Older evidence of the same fire was found; the incident now goes by its id.",
    "answered": "Somebody on the spot answered; it weighs as evidence.",
    "confirmed": "An office confirms that it is a fire.",
    "denied": "An office says that it is no wildfire, under a name and with a reason.",
    "contradicted": "Answers contradict each other: an officer decides.",
    "stronger_than_denial": "Later evidence is strong enough to count in spite of the denial.",
    "denied_in_part": "What was denied was one part; another fire grew together with it and still counts.",
    "weaker_than_denial": "Later evidence is not strong enough to count in spite of the denial.",
    "merged_by_officer": "An operator says that the two are one fire.",
    "split_by_officer": "An operator says that some of what was seen is another fire.",
    "not_its_own": "A source takes back only what it said itself; this is of another.",
    "joined_otherwise": "Settings that join otherwise: this was told as part of another.",
    "relabelled": "An operator says what kind of land burns.",
    "relocated": "An operator says where it is.",
    "declared_out": "An officer declared it out.",
    "reopened_by_officer": "An officer says that it is not out.",
    "figures_entered": "An operator entered what it cost.",
    "silence_set": "An officer set a silence on it, for grades up to `rule`, until `ref`.",
    "taken_back": "An officer took back what was said or done before: `ref`.",
    "too_far_apart": "Too far away to be the same fire.",
    "repeats_itself": "Its source said the same of the same place so often already.",
    "not_divisible": "It cannot be parted there: nothing is left on one side.",
    "not_first": "Somebody else's word came first, and the author of this one did not know it.",
    "no_room": "Too many of these wait already; nothing else is lost.",
    "later_look_saw_nothing": "A later look at the place saw nothing.",
    "backlog": "Old news on arrival: judged, told in the digest only.",
    "not_computed": "Not computed yet; unknown is not zero.",
    "no_carbon_layer": "No stand, wetland or grassland of known cover is in reach: no figure, and not 0.",
    "first_notice": "The first the receiver hears of it.",
    "back_safe": "They are back since `ref`, so nothing calls them back any more.",
    "reach_turned": "The fire runs another way since it was last told; for those who are out.",
    "reach_grew": "The reach within the hour touches new ground; for those who are out.",
    "follows": "This receiver was told `ref` before, issued `detail`: what a CAP message refers to.",
    "reached_area": "It burns where the receiver asked for it, and the receiver had not been told.",
    "further_news": "The receiver holds it and hears at once of a new field, area, place or threat (`rule`).",
    "in_digest": "Old news: told in a digest together with others, and pages nobody.",
    "already_told": "The receiver was told the same or a higher grade, and the gateway had accepted it.",
    "not_paging": "This revision pages nobody.",
    "task_not_wanted": "The receiver does not ask for tasks.",
    "not_wanted": "The receiver asks for other grades or other areas.",
    "not_released": "Nothing reaches the public that no officer has released.",
    "not_its_audience": "A find of a quarantine pest goes only to those who carry its mark.",
    "drill_only": "A test goes only to those who take part in drills.",
    "drill": "A mock fire that proves the way to those who take part in drills; nothing burns.",
    "drill_over": "The drill is over; nothing burned.",
    "drill_put_off": "A fire of grade I or II is open there, so no drill is held.",
    "off_duty": "The receiver is off duty: the group in `ref` has somebody else there, or a fallback.",
    "held_back": "Ready, and held back until `ref`: quiet hours of the receiver, or of pests.",
    "nobody_to_tell": "No answer came, and nobody next in line is there or may be told: telephone.",
    "unanswered_by": "Told in the place of `ref`, who has not answered since `detail`.",
    "silenced": "Somebody set a silence: its author, reason and end are named.",
    "over_budget": "The receiver's messages of the day are used up: told in a digest instead.",
    "never_told": "The receiver never heard of it, so there is nothing to take back.",
    "untold": "The receiver was told and now hears the end of it.",
    "expired": "Its validity ended before it could be delivered.",
    "gateway_refused": "The receiver's gateway refused it for good.",
    "gateway_failed": "The receiver's gateway failed.",
    "pull_back": "Somebody who is out must leave: reach within the hour, a turn of the wind or a spot fire.",
    "no_receipt": "The gateway took it, and no receipt came, or one that says it never arrived.",
    "note": "A few words that are no alert: an answer to an answer, or what an officer must know.",
    "not_read": "The trap was not read; unread is not zero.",
    "at_least": "The trap was full: it caught at least what was counted.",
    "lure_weak": "The lure has lost more than three tenths of its strength.",
    "short_exposure": "Fewer trap-days than three tenths of the schedule: not compared with full intervals.",
    "overlaps": "The interval overlaps another of the same trap.",
    "moved": "The trap stands elsewhere than at its visits before.",
    "gap": "Days between two visits that no interval covers.",
    "unknown_species": "No species of this name or synonym is known; the nearest names are given.",
    "occurrence": "Occurrence class of the standard that the survey reached.",
    "disaster": "A rule for disaster (成灾) that the survey met.",
    "lab_positive": "A laboratory found the pest.",
    "caught": "A quarantine pest was found, in a trap or by a survey.",
    "lab_negative": "Samples without the pest: `value` of the `threshold` owed for what was suspected.",
    "new_unit": "No record of the pest in this sub-compartment, township or county.",
    "known_unit": "The pest is on record in this sub-compartment: the outbreak is revised, nobody is paged.",
    "dead_pines": "Dead or discoloured pines that no laboratory has examined.",
    "excess": "More caught than the trap's own past leads to expect.",
    "compared_by": "The method that the history allows: `value` caught against its limit `threshold`.",
    "false_finds": "Share of false finds among all traps of that week, were all as surprising called.",
    "cluster": "More caught in one place and span of weeks than chance allows.",
    "recurrence": "Chance alone brings a cluster as strong once in `value` weeks.",
    "address_refused": "The receiver's address is private, a redirect or not HTTPS, and that is not allowed.",
}
"""Every code with its meaning; the catalogue in schemas/README.md is generated from it."""


NAMED_NO_MORE = frozenset({"permitted", "permit_exceeded"})
"""Reasons in whose `detail` older software wrote name and telephone of who answers for a permitted burn."""


class Reason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A code with the ids, rule, value, threshold and margin that belong to it."""

    code: ReasonCode
    ref: Annotated[str, Meta(description="Id of what it points to.")] = ""
    rule: str = ""
    value: float | None = None
    threshold: float | None = None
    margin: float | None = None
    unit: str = ""
    detail: str = ""

    def __post_init__(self) -> None:
        """Drop the contact that older software wrote beside a permit: a reason names no person."""
        if self.detail and self.code in NAMED_NO_MORE:
            force_setattr(self, "detail", "")


class Silence(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why one observation leads to no alert; with `reason` null it now does, and the silence is over."""

    v: Version = written()
    observation_id: str
    outcome: Literal["rejected", "duplicate", "silent"]
    stage: str
    at: UtcTime
    reason: Reason | None
    county: Annotated[str, Meta(max_length=40, description="Where it is known; for counting.")] = ""
    source: Annotated[str, Meta(description="Whose it was, where more evidence would have led on.")] = ""
    longitude: Annotated[
        Longitude | None, Meta(description="Where, of what was placed and lacked evidence; else null.")
    ] = None
    latitude: Latitude | None = None
    audience: Annotated[
        Literal["", "quarantine"],
        Meta(description="Who may read it; empty: whoever may read. Else only who carries this mark."),
    ] = ""
