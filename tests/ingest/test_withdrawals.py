"""A file of a day that is served again: what is gone is taken back, and stands again when it returns."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.observation import AnyObservation, Retraction
from streams.feeds import Limits, read
from streams.ingest.folder import Folder
from streams.ingest.post import NotTaken, Taken
from streams.ingest.withdrawals import DAYS, FILE, compared, kept

NOW = datetime(2022, 4, 7, 12, tzinfo=UTC)
HEAD = "Lon, Lat, YearDay, Time, Satellite, Method, Ecosystem, FRP\n"


def table(numbers, day="2022096", head=HEAD):
    lines = (f"-105.{number:03d}, 35.741531, {day}, 1840, GOES-EAST, FDC, 22, 42.106\n" for number in numbers)
    return (head + "".join(lines)).encode()


def step(days, data, now=NOW):
    return compared(days, read(data, Limits(now)), data, now)


def standing(files):
    """Which rows stand after these files, by what was said alone."""
    days, taken_back, seen = {}, {}, {}
    for data in files:
        for one in read(data, Limits(NOW)).observations:
            seen.setdefault(one.observation_id, one)
        days, said = step(days, data)
        for one in said:
            taken_back[one.observation_id] = one.retracts
    gone = {name for name in seen if any(not undone(one, taken_back) for one in by(name, taken_back))}
    return {seen[name].longitude for name in seen.keys() - gone}


def by(name, taken_back):
    return [one for one, what in taken_back.items() if what == name]


def undone(name, taken_back):
    return any(not undone(one, taken_back) for one in by(name, taken_back))


def test_a_row_that_is_gone_is_taken_back_once_and_stands_again_when_it_returns():
    days, said = step({}, table([1, 2, 3]))
    assert said == []
    days, (gone,) = step(days, table([1, 3, 4]))
    assert (gone.feed, gone.observed_at.hour, gone.received_at) == ("hms", 18, NOW)
    assert gone.retracts in gone.observation_id
    days, said = step(days, table([1, 3, 4]))
    assert said == []
    days, (again,) = step(days, table([1, 2, 3, 4]))
    assert again.retracts == gone.observation_id
    days, (third,) = step(days, table([1, 3, 4]))
    assert third.retracts == gone.retracts
    assert len({gone.observation_id, again.observation_id, third.observation_id}) == 3


ROWS = st.lists(st.sets(st.integers(1, 6), max_size=6).map(lambda some: table(sorted(some))), max_size=6)


@given(ROWS)
def test_what_stands_is_what_the_last_file_holds(files):
    files = [data for data in files if data.count(b"\n") > 1]
    last = {one.longitude for one in read(files[-1], Limits(NOW)).observations} if files else set()
    assert standing(files) == last


def test_another_day_and_other_feeds_take_nothing_back():
    days, _ = step({}, table([1, 2], day="2022095"))
    days, said = step(days, table([3], day="2022096"))
    assert said == []
    assert len(days) == 2
    assert step(days, b'{"kind":"pass"}\n') == (days, [])


@pytest.mark.parametrize(
    "data", [table(range(1, 5)), table(range(1, 20)) + b"-105.1, 35.7, 20220", table(range(1, 20))[:-30]]
)
def test_a_file_that_looks_cut_short_takes_nothing_back(data, caplog):
    days, _ = step({}, table(range(1, 21)))
    assert step(days, data) == (days, [])
    assert "not believed" in caplog.text or "cut short" in caplog.text


def test_a_collectors_file_says_itself_what_was_withdrawn():
    days, _ = step({}, table([1, 2]))
    head = HEAD.strip() + ", first_seen, last_seen\n"
    stamp = ", 2022-04-06T19:00:00Z, 2022-04-06T20:00:00Z\n"
    data = table([1], head=head).replace(b"42.106\n", b"42.106" + stamp.encode())
    assert step(days, data) == (days, [])


class Way:
    def __init__(self):
        self.said, self.fails = [], False

    async def __call__(self, payload, key):
        if self.fails and key.endswith("withdrawn"):
            raise NotTaken("busy")
        self.said += [one for one in read(payload, Limits(NOW)).observations if isinstance(one, Retraction)]
        self.said += read(payload, Limits(NOW)).retractions
        return Taken(1)


async def test_a_folder_hands_it_on_and_forgets_nothing_when_it_cannot(tmp_path, naps):
    way = Way()
    folder = Folder(tmp_path, way, sleep=naps, clock=lambda: NOW)
    (tmp_path / "hms.txt").write_bytes(table([1, 2, 3]))
    await folder.once()
    way.fails = True
    (tmp_path / "hms.txt").write_bytes(table([1, 3]))
    assert "left" in (await folder.once())["hms.txt"]
    assert way.said == []
    way.fails = False
    await Folder(tmp_path, way, sleep=naps, clock=lambda: NOW).once()
    assert len(way.said) == 1
    assert isinstance(way.said[0], AnyObservation)
    assert not list(tmp_path.glob("*.txt"))


async def test_only_the_newest_days_are_kept_and_what_is_unreadable_is_said(tmp_path, naps, caplog):
    folder = Folder(tmp_path, Way(), sleep=naps, clock=lambda: NOW)
    for day in range(80, 97):
        (tmp_path / f"{day}.txt").write_bytes(table([1], day=f"20220{day}"))
    await folder.once()
    assert len(kept(tmp_path)) == DAYS
    (tmp_path / FILE).write_bytes(b"{")
    assert kept(tmp_path) == {}
    assert "unreadable" in caplog.text
