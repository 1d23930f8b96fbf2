"""CAP documents and the Atom feed over HTTP, and who may read them."""

import pathlib

from lxml import etree
from serve_words import alerts, make_alert

SCHEMA = etree.XMLSchema(etree.parse(pathlib.Path(__file__).parents[1] / "channels" / "data" / "cap-1.2.xsd"))
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"


async def xml(client, path):
    answer = await client.get(path)
    assert answer.status == 200, await answer.text()
    return answer.content_type, etree.fromstring(await answer.read())


async def test_an_alert_is_a_valid_document_that_names_every_revision_before_it(serve, store):
    store.apply(alerts(make_alert(1), make_alert(1, 2, action="upgrade"), make_alert(1, 3, action="cancel")))
    client = await serve(open_reading=True)
    media, document = await xml(client, "/v1/alerts/fire-1.cap")
    SCHEMA.assertValid(document)
    assert media == "application/cap+xml"
    assert document.findtext(f"{CAP}msgType") == "Cancel"
    named = [one.split(",")[1] for one in document.findtext(f"{CAP}references").split()]
    assert named == ["fire-1.1", "fire-1.2"]
    _, first = await xml(client, "/v1/alerts/fire-1.cap?revision=1")
    SCHEMA.assertValid(first)
    assert first.findtext(f"{CAP}msgType") == "Alert"
    assert (await client.get("/v1/alerts/fire-9.cap")).status == 404


async def test_the_feed_links_to_each_document(serve, store):
    store.apply(alerts(make_alert(1), make_alert(2), make_alert(1, 2, action="close")))
    client = await serve(open_reading=True)
    media, feed = await xml(client, "/v1/alerts.atom?limit=10")
    assert media == "application/atom+xml"
    links = [entry.find(f"{ATOM}link").get("href") for entry in feed.findall(f"{ATOM}entry")]
    assert [one.rpartition("/")[2] for one in links] == ["fire-1.cap?revision=2", "fire-2.cap?revision=1"]
    for link in links:
        _, document = await xml(client, link[link.index("/v1/") :])
        SCHEMA.assertValid(document)
    assert len((await xml(client, "/v1/alerts.atom?limit=1"))[1].findall(f"{ATOM}entry")) == 1


async def test_both_ask_for_a_key_where_reading_is_not_open(serve):
    client = await serve()
    assert [(await client.get(path)).status for path in ("/v1/alerts.atom", "/v1/alerts/x.cap")] == [401, 401]
