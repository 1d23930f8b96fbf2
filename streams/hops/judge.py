"""The judging hop: claims become fires, fires become incidents and alerts, in one ordered log.

One writer judges a whole region, so a fire on any border is one fire whatever the partitions are.
What is judged is a pure function of the set of claims; order and repetition change nothing in the end.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from detectors import static_heat
from detectors.association import Fire, Node, linked
from detectors.region import Region
from detectors.static_heat import Hit
from schemas.dead_letter import Tick
from schemas.detection import Claims, Detection, Withdrawn
from schemas.hop import Hop, Output, Result
from schemas.reason import Reason
from schemas.topics import DETECTION, TICK
from streams.hops import blinding, outbreaking
from streams.hops.acting import act_on, give_up
from streams.hops.anew import place_anew
from streams.hops.answering import hear
from streams.hops.burning_on import burn_on
from streams.hops.crossing import recross
from streams.hops.crowding import repeats_itself
from streams.hops.desk import Desk, Judge, Kept
from streams.hops.desk_opening import open_desk
from streams.hops.drill import rehearse
from streams.hops.grading import meet
from streams.hops.hush import deaf, silent
from streams.hops.known import Known
from streams.hops.late_weather import take_weather
from streams.hops.outbreak_answers import act_on_pests, hear_of_pests
from streams.hops.parted import known_of, tell_parted
from streams.hops.permits import forget_people, take_permits
from streams.hops.retire import retire
from streams.hops.settle import TAKEN_BACK, close_quiet, release, settle
from streams.hops.sitting import Sitting
from streams.hops.sparing import spare
from streams.hops.switching import switch
from streams.hops.tally import publish
from streams.hops.timekeeping import advance, says_time_only, while_stopped
from streams.hops.turning import catch_up
from streams.hops.withdrawn import claim_called, is_back, is_of_another, is_taken_back, note
from streams.hops.works import remembered, works


def step(given: Judge, desk: Desk, claims: Claims, now: datetime) -> Result:
    """Return the revisions that one message of claims, or of time passing, calls for."""
    sitting = Sitting(given, desk, now)
    hold = while_stopped(sitting, claims)
    if desk.parted:
        tell_parted(sitting, hold=hold)
    if switch(sitting):
        changed = _changed(desk)
        settle(sitting, changed, hold=hold, known=known_of(changed))
    blinding.hear(sitting, claims.heard)
    take_weather(sitting, claims.weather, hold=hold)
    if claims.withdrawn:
        told = _withdraw(sitting, claims.withdrawn)
        settle(sitting, _changed(desk), hold=hold, known=Known(told, TAKEN_BACK))
    settle(sitting, take_permits(sitting, claims.permits), hold=hold)
    if claims.pests:
        outbreaking.take(sitting, claims.pests)
    if claims.detections or claims.looks:
        _take_in(sitting, claims)
        settle(sitting, _changed(desk), hold=hold)
    if claims.verdicts:
        hear(sitting, hear_of_pests(sitting, claims.verdicts), hold=hold)
    if claims.acts or (desk.acts and (claims.detections or claims.verdicts)):
        act_on(sitting, act_on_pests(sitting, claims.acts), hold=hold)
    if claims.drills:
        rehearse(sitting, claims.drills)
    if says_time_only(claims):
        _tick(sitting, claims)
    return sitting.result


def _tick(sitting: Sitting, claims: Claims) -> None:
    """Note how far one origin has come; time has passed up to where the slowest of them is."""
    desk, given = sitting.desk, sitting.given
    before = desk.watermark(claims.origins)
    advance(sitting, claims)
    after = desk.watermark(claims.origins)
    if after is not None and (before is None or after > before or desk.held):
        _pass_time(replace(sitting, now=after), before)
        if not isinstance(given.region, Region):
            place_anew(replace(sitting, now=after))


def _pass_time(sitting: Sitting, before: datetime | None) -> None:
    """Let time pass up to `now`: tell what was held, close what is quiet, forget what is old."""
    release(sitting)
    catch_up(sitting)
    give_up(sitting)
    burn_on(sitting, before)
    close_quiet(sitting)
    retire(sitting)
    forget_people(sitting)
    blinding.watch(sitting, before)
    outbreaking.watch(sitting)
    publish(sitting)
    for partition in range(sitting.given.ticks):
        sitting.result.outputs.append(Output(TICK, str(partition), Tick(at=sitting.now), partition))


def _changed(desk: Desk) -> list[Fire]:
    """Return the fires touched since last asked, the oldest first."""
    desk.graph.settle()
    fires = sorted(desk.graph.touched.values(), key=lambda fire: fire.anchor().key)
    desk.graph.touched.clear()
    return fires


def _take_in(sitting: Sitting, claims: Claims) -> None:
    """Put looks and claims where they belong, each behind its mask if it has one."""
    desk = sitting.desk
    if claims.looks:
        key = f"l/{claims.received_at:%Y%m%dT%H%M%S%f}/{claims.origin}"
        desk.looks[key] = list(claims.looks)
        sitting.result.rows[key] = desk.looks[key]
        desk.look_times.add(claims.looks)
        meet(sitting, claims.looks)
    fresh = [one for one in claims.detections if _is_news(desk, one)]
    # most places were never hot before and hold no works: no mask there, and nothing to judge again
    loud = remembered(sitting, [one for one in fresh if one.source_class == "satellite"])
    heard = []
    for one in fresh:
        if not repeats_itself(sitting, one):
            _judge_one(sitting, one, loud.get(one.detection_id))
            heard.append(one)
    for one in heard:
        if one.source_class != "satellite":
            _open_masked(sitting, one)
    _judge_again(sitting, loud.values())
    _cross(sitting)


def _cross(sitting: Sitting) -> None:
    """Put bearings where they now belong; a crossing opens masked hotspots, one that parted opens none."""
    lost, gained = recross(sitting)
    for one in lost:
        _mask_again(sitting, one)
    for one in gained:
        _open_masked(sitting, one)
    if lost or gained:
        # crossings depend on bearings alone: this time only what passes by may change
        recross(sitting)


def _withdraw(sitting: Sitting, withdrawn: Sequence[Withdrawn]) -> frozenset[str]:
    """Take claims back or restore them, also such as have yet to come; return those of fires that were told.

    What is left of a told fire may fall apart into several; none of them is news.
    """
    desk = sitting.desk
    told: set[str] = set()
    for one in withdrawn:
        if is_of_another(desk, one):
            deaf(sitting, one)
    for name in dict.fromkeys(name for one in withdrawn for name in note(sitting, one)):
        claim = claim_called(desk, name)
        if claim is None:
            continue
        node = desk.graph.nodes.get(claim.detection_id)
        if node is not None and node.fire is not None and claim.detection_id not in told:
            told |= _told_claims(desk, node.fire)
        is_spot = claim.source_class == "satellite"
        _judge_one(sitting, claim, static_heat.hit_of(claim) if is_spot else None)
        if not is_spot:
            (_mask_again if is_back(desk, name) else _open_masked)(sitting, claim)
    _cross(sitting)
    return frozenset(told)


def _told_claims(desk: Desk, fire: Fire) -> set[str]:
    said = [desk.rows[one].issued for one in fire.shown if one in desk.rows]
    is_told = any(issued is not None and not issued.ended for issued in said)
    if not is_told or desk.held.intersection(fire.shown):
        return set()
    return {node.claim.detection_id for node in fire.nodes}


def _mask_again(sitting: Sitting, witness: Detection) -> None:
    """Judge again the hotspots for which a witness that is taken back had vouched."""
    node = Node(witness)
    near = sorted(sitting.desk.graph.near(node), key=lambda other: other.key)
    for other in near:
        if other.claim.source_class == "satellite" and _vouches(sitting.given, other, node):
            _judge_one(sitting, other.claim, static_heat.hit_of(other.claim))


def _is_news(desk: Desk, one: Detection) -> bool:
    """Return whether a claim is new, or better than the version that is known."""
    node = desk.graph.nodes.get(one.detection_id)
    kept = desk.masked.get(one.detection_id)
    held = node.claim if node is not None else kept.claim if kept is not None else None
    return held is None or one.rank > held.rank


def _judge_one(sitting: Sitting, one: Detection, hit: Hit | None) -> None:
    """Put one claim into the graph, or behind its mask; without a hit nothing can mask it."""
    desk = sitting.desk
    reason = _taken_back(desk, one) or (None if hit is None else _mask(sitting, one, hit))
    sitting.result.rows[f"c/{one.detection_id}"] = Kept(one, reason)
    in_graph = one.detection_id in desk.graph.nodes
    spare(sitting, one)
    if reason is not None:
        if in_graph:
            desk.kin.lost.append(desk.graph.nodes[one.detection_id])
            desk.graph.remove(one.detection_id)
        desk.masked[one.detection_id] = Kept(one, reason)
        silent(sitting, one, reason)
        return
    if desk.masked.pop(one.detection_id, None) is not None:
        silent(sitting, one, None)
    before = desk.graph.nodes.get(one.detection_id)
    if in_graph:
        desk.graph.refine(one)
    else:
        desk.graph.add(one)
    desk.kin.follow(desk.graph.nodes[one.detection_id], before)
    spare(sitting, one)


def _taken_back(desk: Desk, one: Detection) -> Reason | None:
    return Reason(code="withdrawn", ref=one.source) if is_taken_back(desk, one) else None


def _mask(sitting: Sitting, one: Detection, hit: Hit) -> Reason | None:
    """Return why a hotspot is masked; None if it is not, or if a second kind of source vouches for it."""
    given, desk = sitting.given, sitting.desk
    reason = desk.heat.reason(given.static_heat, hit) or works(sitting, one, hit)
    if reason is None:
        return None
    node = Node(one)
    for other in desk.graph.witnesses.near(node):
        if _vouches(given, node, other):
            return None
    return reason


def _vouches(given: Judge, hotspot: Node, witness: Node) -> bool:
    at = witness.claim.placing
    if at is not None and at.how == "meets":
        # its place is another claim's
        return False
    span_s = given.static_heat.witness_h * 3600.0
    return abs(hotspot.seconds - witness.seconds) <= span_s and linked(given.association, hotspot, witness)


def _open_masked(sitting: Sitting, witness: Detection) -> None:
    """Open the masked hotspots for which a second kind of source now vouches."""
    node = Node(witness)
    for kept in sorted(sitting.desk.masked.values(), key=lambda kept: kept.claim.detection_id):
        if not is_taken_back(sitting.desk, kept.claim) and _vouches(sitting.given, Node(kept.claim), node):
            _judge_one(sitting, kept.claim, static_heat.hit_of(kept.claim))


def _judge_again(sitting: Sitting, hits: Iterable[Hit]) -> None:
    """Judge again the hotspots of the same or later days near hits, which they may mask or spill onto."""
    desk = sitting.desk
    for other in desk.heat.since(hits):
        node = desk.graph.nodes.get(other.detection_id)
        kept = desk.masked.get(other.detection_id)
        claim = node.claim if node is not None else kept.claim if kept is not None else None
        if claim is None or is_taken_back(desk, claim):
            continue
        reason = _mask(sitting, claim, other)
        if (reason is None) != (kept is None):
            _judge_one(sitting, claim, other)
        elif reason is not None and kept is not None and reason != kept.masked:
            desk.masked[claim.detection_id] = Kept(claim, reason)
            sitting.result.rows[f"c/{claim.detection_id}"] = desk.masked[claim.detection_id]


def judging(given: Judge) -> Hop:
    """Return the hop with what it is given."""
    return Hop(
        name="judge",
        topics=(DETECTION,),
        open=open_desk,
        step=step,
        now=lambda claims: claims.received_at,
        options=given,
    )
