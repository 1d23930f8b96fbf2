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
    told = dict.fromkeys(held, 0)
    for notice in outcome.notices:
        if notice.outcome != "accepted":
            continue
        alert, mine = alerts[notice.alert_id, notice.revision], held[notice.receiver]
        lineage = {alert.alert_id, *alert.supersedes, *alert.lineage}
        before = [mine.pop(one) for one in lineage if one in mine]
        if notice.action in {"new", "upgrade"}:
            assert all(RANK[alert.grade] > RANK[grade] for grade in before), "told twice without a raise"
            assert alert.pages or notice.receiver == "office"
            told[notice.receiver] += 1
        else:
            assert before, "took back what was never told"
        if notice.action not in ENDS:
            mine[alert.alert_id] = alert.grade
    assert 0 < told["chief"] < told["ranger"] < told["office"]
    last = {alert.alert_id: alert for alert in outcome.alerts}
    gone = {one for alert in outcome.alerts for one in alert.supersedes}
    for mine in held.values():
        assert not [one for one in mine if last[one].action in ENDS and one not in gone], (
            "nobody said the end"
        )
