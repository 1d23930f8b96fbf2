"""`GET /v1/explain/{id}`: what the command says, over HTTP; ids with slashes are quoted."""

from urllib.parse import quote

from serve_words import NOON, alerts, make_alert, make_incident, record

from schemas.reason import Reason, Silence


async def test_an_incident_and_a_silence_are_explained_and_the_unknown_is_not_found(serve, store):
    name = "N20/VIIRS/202604051200/102.00000/28.00000"
    why = Reason(code="masked_by", ref="mill", value=3.0, threshold=9.0, margin=6.0)
    silence = Silence(observation_id=name, outcome="silent", stage="static_heat", at=NOON, reason=why)
    store.apply(alerts(make_alert(1, reasons=(Reason(code="opened"),))))
    store.apply([record("incident.v1", 0, make_incident("fire-1"))])
    store.apply([record("silence.v1", 0, silence)])
    client = await serve(open_reading=True)

    async def ask(what):
        async with client.get(f"/v1/explain/{quote(what, safe='')}") as answer:
            return answer.status, await answer.json()

    status, found = await ask("fire-1")
    assert (status, found["alert_id"], found["reasons"][0]["code"]) == (200, "fire-1", "opened")
    status, found = await ask(name)
    assert (status, found["outcome"], found["reasons"][0]["margin"]) == (200, "silent", 6.0)
    assert (await ask("nothing"))[0] == 404
