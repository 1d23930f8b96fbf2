"""What is taken up first, and what may be tried a second time, when three files run at a time."""

LONGEST = (
    "test_killed",
    "test_faults_kafka",
    "test_architecture",
    "test_bench",
    "test_wheel",
    "test_engines_agree",
    "test_engine_kafka",
    "test_page",
    "test_real_files",
    "test_engine_crash",
    "test_map",
    "test_places_of_page",
    "test_golden",
    "test_demo",
    "test_fire_bench",
    "test_rows",
    "test_live_embedded",
    "test_desk_forms",
    "test_desk",
    "test_live_kafka",
    "test_season_judged",
    "test_resolve",
)
"""Files that take half a minute or more, the longest first: none may be the last, with nobody beside it."""

WAITING = ("slow", "broker", "browser")
AGAIN = ("broker", "browser")
"""Markers of what a browser or a broker may fail by itself; what is pure is never tried again."""

SELECTING = "test_mqtt"
"""paho waits with select(), which knows 1,024 open files; a process that mapped regions has more."""


def has(item, markers) -> bool:
    """Whether a test carries one of these markers."""
    return any(map(item.get_closest_marker, markers))


def put_in_order(items) -> None:
    """Sort by file: select() first, then the longest, then what waits, then the short ones in the gaps."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    waiting = {item.path for item in items if has(item, WAITING)}

    def key(item):
        name = item.path.stem
        return SELECTING not in name, ranks.get(name, len(ranks)), item.path not in waiting

    items.sort(key=key)


def second_tries(stats) -> list[str]:
    """Return the tests that passed, but only when they were tried again."""
    lost = {one.nodeid for kind in ("failed", "error") for one in stats.get(kind, ())}
    return sorted({one.nodeid for one in stats.get("rerun", ())} - lost)
