"""Live on real input with a worker and a server on a broker: alerts while it runs, then what replay says."""

import datetime as dt

import pytest
from aftermath import WHAT, accepted, in_log, last_lines, living, replayed
from processes import SOON_S
from sichuan import Listener, densest_days, passes, post_all, rows_of

from schemas.topics import ALERT, INCIDENT, OBSERVATION

pytestmark = [pytest.mark.broker, pytest.mark.slow, pytest.mark.shared]


def test_posted_pass_by_pass_it_ends_as_replay_does(cluster, shared_data):
    cluster.start_worker()
    cluster.wait_judging()
    listener = Listener(cluster.server)
    listener.start()
    rows = densest_days(rows_of(shared_data), dt.datetime.now(dt.UTC))
    post_all(cluster.server, passes(rows), listener)
    cluster.wait_judging()
    cluster.end()
    listener.join(SOON_S)
    found = in_log(WHAT, cluster.settings, cluster.broker, cluster.dirs["serve"])
    streamed = [(alert["alert_id"], alert["revision"]) for alert in listener.came]
    assert sorted(streamed) == sorted((one.alert_id, one.revision) for one in found[ALERT.name])
    assert sum(len(one.observations) for one in found[OBSERVATION.name]) == len(rows)
    said = living(last_lines(found[INCIDENT.name]))
    assert len(said) > 20
    assert said == living(replayed(accepted(found[OBSERVATION.name]), cluster.settings, cluster.folder)[0])
