"""Posts deliveries as a careful client does: again under the same Idempotency-Key until it is answered."""

import random
import threading
import time

from processes import UNANSWERED

AGAIN_S = 0.05


class Poster(threading.Thread):
    """Posts one delivery after the other, at random moments; `hurry` leaves the pauses out."""

    def __init__(self, server, posts, seed=0, pause_s=0.4):
        super().__init__(daemon=True)
        self._server = server
        self._posts = posts
        self._dice = random.Random(seed)
        self._pause_s = pause_s
        self.hurry = threading.Event()
        self.unanswered = 0
        self.refused = []
        self.done = 0

    def run(self):
        for key, body in self._posts:
            while not self._post(key, body):
                self.unanswered += 1
                time.sleep(AGAIN_S)
            self.done += 1
            self.hurry.wait(self._dice.uniform(0, self._pause_s))

    def _post(self, key, body):
        try:
            status, answer = self._server.post(body, key)
        except UNANSWERED:
            return False
        if status == 503:
            return False
        if status != 202:
            self.refused.append((key, status, answer))
        return True
