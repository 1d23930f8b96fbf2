"""`fenghuo` with a worker that kills itself: HOP:PLACE:COUNT, then the words of the command line."""

import os
import signal
import sys

import streams.node
from streams.cli import main
from streams.engine.app import create_app


def killer(place, count):
    """Return a spy that kills this process at the `count`-th time it is at `place`."""
    left = count

    def spy(name):
        nonlocal left
        if name == place:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return spy


def killer_after_alerts(sink, count):
    """Return a spy that kills this process when Kafka has alerts, but not the rows that go with them."""
    told, write, kill = [], sink.write, killer("rows", count)

    async def writing(written):
        told[:] = [record for record in written.records if record.topic.endswith("alert.v1")]
        await write(written)

    sink.write = writing
    return lambda place: kill(place) if told else None


def spied(*words, **names):
    app = create_app(*words, **names)
    hop, place, count = sys.argv[1].split(":")
    loop = app.hop_loops[hop]
    if place == "alerts":
        loop._sink.spy = killer_after_alerts(loop._sink, int(count))  # noqa: SLF001
        return app
    loop.spy = loop._sink.spy = killer(place, int(count))  # noqa: SLF001 - where rows follow outputs
    return app


if __name__ == "__main__":
    streams.node.create_app = spied
    main(sys.argv[2:])
