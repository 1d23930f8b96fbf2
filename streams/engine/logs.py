"""The open logs of this program: worker, readers and writers of one data directory share one."""

from collections.abc import Callable
from pathlib import Path

from schemas.settings import Kafka
from schemas.topics import TOPICS, Topic
from streams.engine.log import Log
from streams.engine.places import partitions_of, topic_name

DAY_S = 86400.0
SCHEME = "embedded"

_open: dict[Path, Log] = {}


def is_embedded(broker: str) -> bool:
    """Return whether `broker` means the log of this program."""
    return broker.split(":", 1)[0] == SCHEME


def open_log(data_dir: Path, kafka: Kafka) -> Log:
    """Return the log of `data_dir` with every topic in it; within one program it is opened once.

    Raises `LogError` when it cannot be used, `DirectoryBusyError` when another program holds it.
    """
    path = data_dir.resolve()
    log = _open.get(path)
    if log is None or log.closed:
        log = _open[path] = Log(path)
        for topic in TOPICS:
            create_topic(log, kafka, topic)
    return log


def room_check(broker: str, data_dir: Path, kafka: Kafka) -> Callable[[], str | None]:
    """Return what says why our own log takes nothing in, None while it does; a broker's disk is its own."""
    own = open_log(data_dir, kafka) if is_embedded(broker) else None
    return lambda: "the disk is full: nothing is taken in" if own is not None and own.full else None


def create_topic(log: Log, kafka: Kafka, topic: Topic) -> None:
    """Create `topic` in `log` as the topic table says."""
    kept = None if topic.retention_days is None else topic.retention_days * DAY_S
    name, count = topic_name(kafka, topic), partitions_of(kafka, topic)
    log.create(name, count, compacted=topic.compacted, retention_s=kept)


def close_logs() -> None:
    """Close every log of this program; what was acknowledged is on the disk without it."""
    for log in _open.values():
        if not log.closed:
            log.close()
    _open.clear()
