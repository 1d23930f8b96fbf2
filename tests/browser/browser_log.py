"""A log that is a list, for pages that write."""


class LogInMemory:
    """What was sent, in order."""

    def __init__(self):
        self.sent = []

    async def send(self, topic, key, value, _partition=None):
        self.sent.append((topic.name, key, value))

    def values(self, topic):
        return [value for name, _, value in self.sent if name == topic]
