"""What every visit must keep: no complaint in the console, no violation of the CSP, nobody else asked."""

from browser_words import until


def clean(page, site) -> None:
    page.wait_for_timeout(300)
    assert page.watched.complaints == []
    outside = [url for url in page.watched.requests if not url.startswith((site.url, "blob:", "data:"))]
    assert outside == []


def test_a_visit_complains_of_nothing_and_asks_nobody_else(site, look):
    page = look(site.url)
    until(page, lambda: len(page.watched.requests) > 20)
    clean(page, site)


def test_a_violation_of_the_csp_would_be_noticed(site, look):
    page = look(site.url)
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('img'), {src: 'http://127.0.0.2:9/x.png'}))"
    )
    csp = ("CSP", "Content Security Policy")
    until(page, lambda: any(word in said for said in page.watched.complaints for word in csp))
    page.watched.complaints.clear()
