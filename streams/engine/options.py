"""Faust's settings for our use: messages are never lost, topics are ours, no web server."""

from pathlib import Path
from typing import Any

from schemas.settings import Settings
from streams.engine.logs import is_embedded
from streams.engine.places import group_name
from streams.kafka.security import brokers, security

COMMIT_S = 1.0
SESSION_S = 60.0
HEARTBEAT_S = 3.0
WAITING_MESSAGES = 512
"""Messages are up to 256 KiB: Faust's own 4096 could fill the memory."""
MOST_BYTES = 4 * 1024 * 1024


def app_options(settings: Settings, broker: str, data_dir: Path, session_s: float) -> dict[str, Any]:
    """Return the keyword arguments of `faust.App`; `session_s` is how long a silent worker keeps its part.

    Raises `ConfigError` when the brokers cannot be reached the way `[kafka]` says.
    """
    return {
        "id": group_name(settings.kafka),
        "store": "rows://",
        "datadir": str(data_dir / "faust"),
        "autodiscover": False,
        "processing_guarantee": "at_least_once",
        "consumer_auto_offset_reset": "earliest",
        "producer_acks": -1,
        "producer_max_request_size": MOST_BYTES,
        "consumer_max_fetch_size": MOST_BYTES,
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "web_enabled": False,
        "web_tables_enabled": False,
        "web_router_enabled": False,
        "broker_commit_interval": COMMIT_S,
        "broker_session_timeout": session_s,
        "broker_heartbeat_interval": min(HEARTBEAT_S, session_s / 5),
        # A rebalance waits until what was taken is written: later rows would undo those of the next owner.
        "stream_wait_empty": True,
        "stream_buffer_maxsize": WAITING_MESSAGES,
        "stream_recovery_delay": 0.0,
        **_broker(settings, broker),
    }


def _broker(settings: Settings, broker: str) -> dict[str, Any]:
    if is_embedded(broker):
        return {"broker": "embedded://"}
    places = brokers(broker)
    return {
        "broker": [f"kafka://{place}" for place in places],
        "broker_credentials": security(settings.kafka, places).credentials(),
    }
