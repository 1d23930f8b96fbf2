"""`kafka://`: Faust's own transport, but a backlog does not wait a second for every full buffer."""

from faust.transport.drivers import aiokafka

from streams.engine.faust_private import Prompt


class Consumer(Prompt, aiokafka.Consumer):
    """Faust's consumer that goes on soon after a full buffer has room."""


class Transport(aiokafka.Transport):
    """Faust's transport with that consumer."""

    Consumer = Consumer
