"""The part of MQTT 3.1.1 that matters for a crash: what was not acknowledged is kept and sent again.

Section 4.4 of the standard; the small broker from PyPI drops what is not acknowledged within five seconds.
"""

import asyncio
import contextlib
import struct

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PING, DISCONNECT = 1, 3, 4, 8, 12, 14


def packed(kind, body, flags=0):
    size, length = len(body), b""
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (0x80 if size else 0)])
        if not size:
            return bytes([kind << 4 | flags]) + length + body


def text(word):
    return struct.pack("!H", len(word)) + word


class KeepingBroker:
    """One session for all clients; `acked` are the payloads that were acknowledged, in order."""

    def __init__(self):
        self.waiting, self.acked, self.sent = {}, [], []
        self.number, self.line = 0, None

    async def publish(self, payload, topic=b"fire/cam-1"):
        self.number += 1
        self.waiting[self.number] = (topic, payload)
        if self.line is not None:
            self._send(self.number, again=False)

    def _send(self, number, *, again):
        topic, payload = self.waiting[number]
        self.sent.append((payload, again))
        body = text(topic) + struct.pack("!H", number) + payload
        self.line.write(packed(PUBLISH, body, 0b1010 if again else 0b0010))

    async def serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, body = await self._packet(reader)
                if kind == CONNECT:
                    writer.write(packed(2, bytes([1 if self.number else 0, 0])))
                elif kind == SUBSCRIBE:
                    writer.write(packed(9, body[:2] + b"\1"))
                    self.line = writer
                    for number in sorted(self.waiting):
                        self._send(number, again=True)
                elif kind == PUBACK:
                    self.acked.append(self.waiting.pop(struct.unpack("!H", body[:2])[0])[1])
                elif kind == PING:
                    writer.write(packed(13, b""))
                elif kind == DISCONNECT:
                    break
        if self.line is writer:
            self.line = None
        writer.close()

    @staticmethod
    async def _packet(reader):
        (head,) = await reader.readexactly(1)
        size = shift = 0
        while True:
            (digit,) = await reader.readexactly(1)
            size |= (digit & 0x7F) << shift
            shift += 7
            if digit < 0x80:
                return head >> 4, await reader.readexactly(size)


@contextlib.asynccontextmanager
async def keeping_broker(port):
    broker = KeepingBroker()
    server = await asyncio.start_server(broker.serve, "127.0.0.1", port)
    try:
        yield broker
    finally:
        server.close()
