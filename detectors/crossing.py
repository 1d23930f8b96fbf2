"""Tracks of different stations cross, or pass by a place that others found; the rest stay directions.

Config::

    [crossing]
    window_min = 30.0         # bearings of two stations cross when they were taken so near in time
    same_h = 2.0              # a station that is silent in a direction for longer begins a new track
    apart_deg = 4.0           # directions of one station nearer than this are one
    passes_h = 12.0           # a bearing supports a fire that others saw within so long
    least_crossing_deg = 15.0
    least_baseline_m = 100.0  # stations nearer than this stand on one mast

What comes of it is a function of the sets of bearings and of placed claims; order and repetition change
nothing. The crossing that most stations agree on is taken first, of equals the sharpest; what it used is
used up. A track that crosses nothing supports the claim it passes nearest to, in standard errors, and no
other: one direction never makes one fire of two. The rest stay directions.
Known failures: two fires seen by two stations each cross at two further places where nothing burns; with a
third station they are told apart.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np
from msgspec.structs import replace

from detectors.extent import middle_of
from detectors.geodesy import bearing_deg, distance_km
from detectors.tracks import Options, Track, azimuth_of, placing_of, sector_of, sigma_of, tracks_of, within
from detectors.triangulation import Bearing, Crossing, Limits, Refusal, crossing
from schemas.detection import Detection, Ellipse
from schemas.reason import Reason

__all__ = ["Options", "placed"]

SIGMAS = 2.576
"""99 % of a normal distribution: a bearing further off than this passes by."""


Near = Callable[[Track], Iterable[Detection]]
"""Gives the claims with a place of their own that a track might pass by."""


def placed(options: Options, bearings: Iterable[Detection], near: Near) -> list[Detection]:
    """Return every bearing where it is now held to be: crossed, passing by a claim, or a direction still."""
    tracks = tracks_of(options, bearings)
    left = {track.name: track for track in tracks}
    found: list[Detection] = []
    for fix, group in _crossings(options, tracks):
        for track in group:
            left.pop(track.name)
            found += [_crossed(claim, track, fix, group) for claim in track.claims]
    for track in left.values():
        passed = _passed(options, track, near(track))
        found += [_alone(claim, track) if passed is None else _meets(claim, passed) for claim in track.claims]
    return found


def _crossings(options: Options, tracks: Sequence[Track]) -> list[tuple[Crossing, list[Track]]]:
    """Return the crossings that are believed, each with its tracks; no track is in two."""
    sharp = [track for track in tracks if sigma_of(track.lead) is not None]
    offers = [
        offer
        for one, other in combinations(sharp, 2)
        if _may_cross(options, one, other) and (offer := _offer(options, one, other, sharp)) is not None
    ]
    offers.sort(key=lambda offer: (-len(offer[1]), offer[0].semi_major_m, [one.name for one in offer[1]]))
    taken: list[tuple[Crossing, list[Track]]] = []
    used: set[str] = set()
    for fix, group in offers:
        if used.isdisjoint(track.name for track in group):
            taken.append((fix, group))
            used.update(track.name for track in group)
    return taken


def _may_cross(options: Options, one: Track, other: Track) -> bool:
    """Return whether two tracks are near enough in time, and their stations apart and within reach."""
    if not within(one.seconds, other.seconds, options.window_min * 60.0):
        return False
    turn = abs(np.sin(np.radians(one.sector.azimuth_deg - other.sector.azimuth_deg)))
    if turn < np.sin(np.radians(max(options.least_crossing_deg - 1.0, 0.0))):
        # meridians turn by less than a degree over any reach outside the polar circles
        return False
    away = _apart_m(one, other)
    return options.least_baseline_m <= away <= one.sector.far_m + other.sector.far_m


def _apart_m(one: Track, other: Track) -> float:
    here, there = one.sector, other.sector
    return float(distance_km(here.longitude, here.latitude, there.longitude, there.latitude)) * 1000.0


def _offer(
    options: Options, one: Track, other: Track, tracks: Sequence[Track]
) -> tuple[Crossing, list[Track]] | None:
    """Return where two tracks cross with all that agree; None when that is not believed."""
    fix = _fix(options, [one, other])
    if fix is None:
        return None
    agree = [one, other]
    for track in tracks:
        if track is one or track is other or not _agrees(track, fix):
            continue
        apart = all(_apart_m(track, member) >= options.least_baseline_m for member in agree)
        near = any(within(track.seconds, pair.seconds, options.window_min * 60.0) for pair in (one, other))
        if apart and near:
            agree.append(track)
    agree.sort(key=lambda track: track.name)
    whole = _fix(options, agree) if len(agree) > 2 else fix
    return (fix, sorted([one, other], key=lambda track: track.name)) if whole is None else (whole, agree)


def _fix(options: Options, tracks: Sequence[Track]) -> Crossing | None:
    limits = Limits(
        least_crossing_deg=options.least_crossing_deg,
        least_baseline_m=options.least_baseline_m,
        most_distance_m=max(track.sector.far_m for track in tracks),
    )
    found = crossing(tuple(_bearing(track) for track in tracks), limits)
    if isinstance(found, Refusal):
        return None
    away = [_away_m(track, found.longitude, found.latitude) for track in tracks]
    reached = all(one <= track.sector.far_m for one, track in zip(away, tracks, strict=True))
    return found if reached else None


def _bearing(track: Track) -> Bearing:
    sector, sigma = track.sector, sigma_of(track.lead)
    assert sigma is not None
    return Bearing(
        longitude=sector.longitude,
        latitude=sector.latitude,
        azimuth_deg=sector.azimuth_deg,
        sigma_deg=min(sigma, 45.0),
    )


def _away_m(track: Track, longitude: float, latitude: float) -> float:
    sector = track.sector
    return float(distance_km(sector.longitude, sector.latitude, longitude, latitude)) * 1000.0


def _agrees(track: Track, fix: Crossing) -> bool:
    away = _away_m(track, fix.longitude, fix.latitude)
    return (
        away <= track.sector.far_m and _misfit(track, fix.longitude, fix.latitude, fix.semi_major_m) <= SIGMAS
    )


def _misfit(track: Track, longitude: float, latitude: float, error_m: float) -> float:
    """Return by how many standard errors a track passes by a place that is known to so many metres."""
    sector, sigma = track.sector, sigma_of(track.lead)
    if sigma is None:
        return np.inf
    seen = float(bearing_deg(sector.longitude, sector.latitude, longitude, latitude))
    off = abs((seen - sector.azimuth_deg + 180.0) % 360.0 - 180.0)
    wide = float(np.degrees(error_m / max(_away_m(track, longitude, latitude), 1.0)))
    return off / float(np.hypot(sigma, min(wide, 45.0)))


def _passed(options: Options, track: Track, claims: Iterable[Detection]) -> Detection | None:
    """Return the claim that a track passes nearest to, in standard errors; None: by none."""
    found: list[tuple[float, float, str, Detection]] = []
    for claim in claims:
        gap = min(abs(claim.observed_at.timestamp() - at) for at in track.seconds)
        error_m = 1000.0 * claim.sigma_km
        away = _away_m(track, claim.longitude, claim.latitude)
        inside = track.sector.near_m - 2.0 * error_m <= away <= track.sector.far_m + 2.0 * error_m
        if gap > options.passes_h * 3600.0 or not inside:
            continue
        off = _misfit(track, claim.longitude, claim.latitude, error_m)
        if off <= SIGMAS:
            found.append((round(off, 3), gap, claim.detection_id, claim))
    return min(found, key=lambda row: row[:3])[3] if found else None


def _said(claim: Detection) -> tuple[Reason, ...]:
    """Return what a bearing said of itself when it came."""
    return tuple(note for note in placing_of(claim).notes if note.code == "bearing_only")


def _crossed(claim: Detection, track: Track, fix: Crossing, group: Sequence[Track]) -> Detection:
    stations = ", ".join(sorted({one.lead.source for one in group}))
    note = Reason(
        code="bearings_cross",
        ref=stations[:200],
        rule=f"{len(group)} stations",
        value=round(fix.crossing_deg, 1),
        unit="deg",
    )
    ellipse = Ellipse(
        semi_major_m=round(fix.semi_major_m, 1),
        semi_minor_m=round(fix.semi_minor_m, 1),
        azimuth_deg=round(fix.azimuth_deg, 1) % 360.0,
    )
    sigma_km = float(np.hypot(fix.semi_major_m, fix.semi_minor_m)) / np.sqrt(2.0) / 1000.0
    return replace(
        claim,
        longitude=round(fix.longitude, 6),
        latitude=round(fix.latitude, 6),
        sigma_km=round(max(float(sigma_km), 0.05), 6),
        placing=replace(
            placing_of(claim), how="crossed", ellipse=ellipse, track=track.name, notes=(note, *_said(claim))
        ),
    )


def _meets(claim: Detection, passed: Detection) -> Detection:
    note = Reason(code="bearing_meets", ref=claim.source, value=round(azimuth_of(claim), 1), unit="deg")
    return replace(
        claim,
        longitude=passed.longitude,
        latitude=passed.latitude,
        sigma_km=passed.sigma_km,
        placing=replace(
            placing_of(claim),
            how="meets",
            ellipse=None,
            track=passed.detection_id,
            notes=(note, *_said(claim)),
        ),
    )


def _alone(claim: Detection, track: Track) -> Detection:
    longitude, latitude, sigma_km = middle_of(sector_of(claim))
    return replace(
        claim,
        longitude=longitude,
        latitude=latitude,
        sigma_km=sigma_km,
        placing=replace(placing_of(claim), how="nowhere", ellipse=None, track=track.name, notes=_said(claim)),
    )
