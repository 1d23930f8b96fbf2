"""Days that warm up are judged and not counted: a kiln that they mask is no fire of the days that count."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judged import START, hotspot

from alerts.tuning.known import Known
from alerts.tuning.story import Story
from schemas.codec import encode
from schemas.settings import Settings
from streams.tuning.backtest import Job, compared
from streams.tuning.evidence import Evidence
from streams.tuning.tuned import tuned
from streams.tuning.warming import counted_from, parted, still_known

DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A kiln that is hot every day for thirty days, a fire on the third, and one on the last but one."""
    seen = [hotspot(1440 * day + 30 * look, 0.0, lag=60) for day in range(30) for look in (0, 1)]
    seen += [hotspot(1440 * 2 + 90, -40.0, 0.1 * k, lag=60) for k in range(4)]
    seen += [hotspot(1440 * 28 + 90, 40.0, 0.1 * k, lag=60) for k in range(4)]
    file = tmp_path_factory.mktemp("past") / "past.ndjson"
    file.write_bytes(b"".join(encode(one) + b"\n" for one in seen))
    return (str(file),)


def run(files, warm_up_d):
    job = Job(files=files, base=Settings(), candidate=Settings(grade={"task": 0.1}), region=None,
              now=START + 40 * DAY, warm_up_d=warm_up_d)  # fmt: skip
    sides = compared(job, 1, lambda _done, _total: None)
    fire = Known(known_id="fire", is_fire=True, from_at=START + 28 * DAY, to_at=START + 29 * DAY,
                 longitude=102.0 + 40 / 98.2, latitude=28.0, radius_km=2.0)  # fmt: skip
    kiln = Known(known_id="kiln", is_fire=False, from_at=START, to_at=START + 3 * DAY,
                 longitude=102.0, latitude=28.0)  # fmt: skip
    return tuned(sides, Evidence((fire, kiln)), software="x", region="y", zone="UTC")


def test_what_the_first_days_hold_is_in_no_figure_but_in_the_memory(files):
    cold, warm = run(files, 0), run(files, 20)
    assert (cold.comparison.known["others"], warm.comparison.known["others"]) == (1, 0)
    assert (cold.comparison.before.incidents, warm.comparison.before.incidents) == (2, 1)
    assert warm.comparison.before.recall_task.value == 1.0
    assert warm.comparison.scale.from_at == warm.past.from_at + 20 * DAY
    assert (warm.past.warm_up_d, warm.past.days) == (20, 30)


def test_a_past_that_only_warms_up_is_refused(files):
    with pytest.raises(ValueError, match="none is left to count"):
        run(files, 30)


@given(st.lists(st.tuples(st.integers(-5, 5), st.booleans()), max_size=8))
@settings(max_examples=40)
def test_a_known_thing_stays_where_an_incident_that_counts_is_of_it(given_):
    since = counted_from(START, 10, 0)

    def story(k, day):
        at = since + day * DAY
        return Story(incident_id=f"F{k}", lineage=(), opened_at=at, last_observed_at=at, longitude=100.0 + k,
                     latitude=28.0, radius_m=100.0, probability=0.5)  # fmt: skip

    stories = [story(k, day) for k, (day, _) in enumerate(given_)]
    kept, left = parted(stories, since)
    known = [
        Known(known_id=one.incident_id, is_fire=True, from_at=one.opened_at, to_at=one.opened_at,
              longitude=one.longitude, latitude=one.latitude, incident_id=one.incident_id if by_id else "")
        for one, (_, by_id) in zip(stories, given_, strict=True)
    ]  # fmt: skip
    found = still_known(known, since, kept, left)
    assert [one.known_id for one in found] == [one.incident_id for one in kept]
