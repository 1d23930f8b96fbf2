"""A history that holds one outbreak of a quarantine pest with all that comes of it, and its secrets."""

import datetime as dt
from hashlib import sha256

from alerted import a_receiver
from pested import NOW, lab, survey, told
from serve_words import make_alert, make_letter, record

from schemas.act import Merge
from schemas.detection import Claims
from schemas.notice import Notice, Release
from schemas.reason import Reason, Silence
from schemas.settings import Settings
from schemas.topics import ACT, ALERT, DEAD_LETTER, DETECTION, INCIDENT, NOTICE, SILENCE, VERDICT
from schemas.verdict import Verdict
from streams.serve.store import Record

PICTURE = b"\xff\xd8\xff\xe0" + b"wilt" * 20 + b"\xff\xd9"
SHA = sha256(PICTURE).hexdigest()
PLACE = {"longitude": 107.12345, "latitude": 31.23456, "unit_id": "XB-0815"}
DAY = dt.timedelta(days=1)
SETTINGS = Settings(issuer="宣汉县林业局", receivers=(a_receiver(), a_receiver("lab")))
FINDS = [
    survey("survey/secret-1", NOW - 3 * DAY, value=30.0, pictures=(SHA,), **PLACE),
    lab("lab/secret-2", NOW - 2 * DAY, sample_id="S-4711", **PLACE),
    lab("lab/secret-3", NOW - DAY, result="negative", sample_id="S-4712", **PLACE | {"unit_id": "XB-0816"}),
]
OUTCOME = told(FINDS)
(INCIDENT_,) = OUTCOME.incidents.values()
NAME, CODE = INCIDENT_.incident_id, INCIDENT_.short_code
ROWS = ["样品编号,检测结果,有害生物\r\nS-4713,阳性,松材线虫".encode(code) for code in ("utf-8", "gb18030")]
LETTERS = [make_letter(f"letter-secret-{at}", raw, at=NOW) for at, raw in enumerate(ROWS)]
FIRE = make_alert(1, at=NOW)
VERDICT_ = Verdict(
    verdict_id="verdict-secret", incident_id=NAME, code=0, level="county", author="x", at=NOW,
    received_at=NOW, text="青冈沟已取样", outcome="applied", applied_to=NAME,
)  # fmt: skip
NOTICE_ = Notice(
    notice_id="notice-secret", receiver="ranger", channel="webhook", alert_id=NAME, incident_id=NAME,
    revision=1, action="new", grade="I", outcome="failed", at=NOW, attempts=4,
)  # fmt: skip
MERGE = Merge(act_id="act-secret", incident_id=NAME, other_id="fire-1", author="x", at=NOW, outcome="refused")
NEAR = Reason(code="below_threshold", rule="pests", value=0.9, threshold=1.0)

SECRETS = (
    *(NAME, "松材线虫", "Bursaphelenchus", "107.12345", "31.23456", "XB-0815", "XB-0816", "S-471"),
    *("secret", "青冈沟", SHA, f'"{CODE}"'),
)
"""None of these may reach whoever lacks the mark."""


def _said(name, **fields):
    settled = {"outcome": "silent", "stage": "pests", "at": NOW, "reason": NEAR}
    return Silence(observation_id=name, **settled | fields)


OLD = [
    _said("survey/secret-1"),
    _said("lab/secret-2", outcome="duplicate", stage="observe", reason=Reason(code="duplicate_of")),
    _said("back/1", stage="observe", reason=Reason(code="takes_back", ref="lab/secret-3")),
]
"""Rows from before a silence said for whom it is."""


def history() -> list[Record]:
    """Return every message of the log that tells of the outbreak, and one fire beside it."""
    claims = Claims(origin=0, origins=1, received_at=NOW, pests=tuple(FINDS))
    given: list[tuple[str, list[object]]] = [
        (DETECTION.name, [claims]),
        (INCIDENT.name, [INCIDENT_]),
        (ALERT.name, [FIRE, *OUTCOME.alerts]),
        (SILENCE.name, [*OLD, *OUTCOME.silences.values()]),
        (NOTICE.name, [NOTICE_, Release(receiver="", alert=FIRE, at=NOW, author="x", text="", by="k")]),
        (VERDICT.name, [VERDICT_]),
        (ACT.name, [MERGE]),
        (DEAD_LETTER.name, LETTERS),
    ]
    return [record(topic, at, value) for topic, values in given for at, value in enumerate(values)]
