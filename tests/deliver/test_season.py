"""Four real years of Sichuan through every hop: who was told, and whether they heard the end."""

from datetime import UTC, datetime

from alerted import a_receiver

from alerts.routing import RANK
from schemas.settings import Settings
from streams.recorded import deliveries, read
from streams.replay import run

ENDS = {"close", "expire", "cancel"}
RECEIVERS = (a_receiver(), a_receiver("chief", minimum_grade="II"), a_receiver("office", tasks=True))


def test_10_and_11_over_a_real_season(shared_data):
    recorded = read((shared_data / "firms" / "modis_sichuan_2021_2025q1.csv",), now=datetime.now(UTC))
    outcome = run(deliveries(recorded.observations), Settings(receivers=RECEIVERS))
    alerts = {(alert.alert_id, alert.revision): alert for alert in outcome.alerts}
    held: dict[str, dict[str, str]] = {receiver.name: {} for receiver in RECEIVERS}
    listed: dict[str, dict[str, int]] = {}
    in_digests: dict[str, dict[str, str]] = {receiver.name: {} for receiver in RECEIVERS}
    told = dict.fromkeys(held, 0)
    for notice in outcome.notices:
        if notice.reason.code == "in_digest":
            lines = listed.setdefault(notice.reason.ref, {})
            lines[notice.alert_id] = max(notice.revision, lines.get(notice.alert_id, 0))
        if notice.outcome != "accepted":
            continue
        if notice.action == "digest":
            for one, revision in listed.pop(notice.alert_id).items():
                in_digests[notice.receiver].pop(one, None)
                if alerts[one, revision].action not in ENDS:
                    in_digests[notice.receiver][one] = alerts[one, revision].grade
            continue
        alert, mine = alerts[notice.alert_id, notice.revision], held[notice.receiver]
        lineage = {alert.alert_id, *alert.supersedes, *alert.lineage}
        before = [mine.pop(one) for one in lineage if one in mine]
        late = in_digests[notice.receiver]
        read_of = [late.pop(one) for one in lineage if one in late]
        if notice.action in {"new", "upgrade"}:
            assert all(RANK[alert.grade] > RANK[grade] for grade in before), "told twice without a raise"
            assert alert.pages or notice.receiver == "office"
            told[notice.receiver] += 1
        else:
            assert before or read_of, "took back what was never told"
        if notice.action not in ENDS:
            mine[alert.alert_id] = alert.grade
    assert 0 < told["chief"] < told["ranger"] < told["office"]
    last = {alert.alert_id: alert for alert in outcome.alerts}
    gone = {one for alert in outcome.alerts for one in alert.supersedes}
    assert not listed, "a digest was not sent"
    for mine in (*held.values(), *in_digests.values()):
        assert not [one for one in mine if last[one].action in ENDS and one not in gone], (
            "nobody said the end"
        )
