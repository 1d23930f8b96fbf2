"""One partition of deliveries on the bench: feeds it revisions and results, keeps its rows and its record."""

import json

from alerted import an_alert, at

from schemas.codec import encode
from schemas.notice import Due, Notice
from schemas.reason import Reason
from streams.hops.deliver import conclude, deliver
from streams.hops.outbox import Pending


class Deskside:
    def __init__(self, *receivers, ways=None):
        self.hop = deliver(receivers, ways)
        self.rows: dict[str, bytes] = {}
        self.notices: list[Notice] = []
        self.clock = 0
        self.restart()

    def restart(self):
        self.state = self.hop.open(self.hop.options, 0, self.rows)

    def take(self, message):
        self.clock += 1
        result = self.hop.step(self.hop.options, self.state, message, self.hop.now(message))
        for key, value in result.rows.items():
            if value is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = encode(value)
        self.notices += [output.value for output in result.outputs]
        return result

    def due(self, alert, receiver="ranger"):
        return self.take(Due(receiver=receiver, due_at=alert.issued_at, alert=alert))

    def ready(self) -> list[Pending]:
        return [row for row in self.state.rows() if row.ready]

    def outcome(self, row, outcome="accepted", attempts=1, **said):
        why = Reason(code="first_notice")
        notice = conclude(row, outcome, at(self.clock), why, attempts=attempts, **said)
        return self.take(notice)

    def accept_all(self):
        while rows := self.ready():
            self.outcome(rows[0])

    def reasons(self):
        return [(notice.revision, notice.outcome, notice.reason.code) for notice in self.notices]


def late(revision=1, action="new", grade="IV", **fields):
    return an_alert(revision, action, grade, pages=False, late=True, **fields)


def listed(row):
    return {
        (one["alert_id"], one["revision"], one["action"]) for one in json.loads(row.body)["data"]["alerts"]
    }
