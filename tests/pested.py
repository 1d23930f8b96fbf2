"""Trap rounds, surveys and laboratory results, and what the hops make of them."""

import datetime as dt

import numpy as np

from detectors.pests.ledger import MONDAY
from detectors.region import WORLD
from schemas.observation import LabResult, PestSurvey, TrapCount
from schemas.settings import Settings
from streams.recorded import deliveries
from streams.replay import run

WEEK = dt.timedelta(days=7)
NOW = MONDAY + 1300 * WEEK
NEMATODE = "Bursaphelenchus xylophilus"
SAWYER = "Monochamus alternatus"


def _spot(name, source, at, fields):
    received = fields.pop("received_at", at)
    return {
        "observation_id": name,
        "source": source,
        "observed_at": at,
        "received_at": received,
        "frame": "wgs84",
        "longitude": 107.0,
        "latitude": 31.0,
    } | fields


def lab(name="lab/1", at=NOW, **fields):
    return LabResult(**_spot(name, "lab/prov", at, {"species": NEMATODE, "result": "positive"} | fields))


def survey(name="survey/1", at=NOW, **fields):
    given = {"species": NEMATODE, "measure": "dead_pines", "value": 3.0}
    return PestSurvey(**_spot(name, "survey/team", at, given | fields))


def trap(number, weeks_ago, catch=5.0, **fields):
    end = NOW - weeks_ago * WEEK - dt.timedelta(days=2)
    given = {
        "started_at": end - WEEK,
        "longitude": 107.0 + 0.02 * number,
        "species": SAWYER,
        "status": "ok",
        "catch": catch,
    }
    return TrapCount(**_spot(f"t{number}/{weeks_ago}", f"trap/{number}", end, given | fields))


def quiet(traps=12, weeks=20, seed=1):
    rng = np.random.default_rng(seed)
    return [trap(n, w, float(rng.poisson(5))) for n in range(traps) for w in reversed(range(weeks))]


def told(observations, settings=None, region=WORLD, **outbreak):
    """What replay makes of these, each received when it says."""
    settings = settings or Settings(outbreak=outbreak)
    return run(deliveries(observations), settings, region)
