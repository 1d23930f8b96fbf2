"""What our apps have beside Faust's: their hops, and on `embedded://` their log."""

import faust

from streams.engine.log import Log
from streams.engine.loop import HopLoop


class HopApp(faust.App):
    """An app whose agents are hops; `hop_loops` finds them by name."""

    hop_loops: dict[str, HopLoop]


class EmbeddedApp(HopApp):
    """An app that reads and writes `log_of_topics`."""

    log_of_topics: Log


def log_of(app: object) -> Log:
    """Return the log that `app` works on."""
    assert isinstance(app, EmbeddedApp)
    return app.log_of_topics
