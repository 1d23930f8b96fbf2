"""The SVG map answers by moving its picture; an opened alert lies over it and does not hide its fire."""

import pytest
from browser_flags import NO_GL
from playwright.sync_api import expect

MOVED = """async ([before, after, place]) => {
  const { Camera } = await import("/map-svg-camera.mjs");
  const { stretch } = await import("/geometry.mjs");
  const box = Object.assign(document.createElement("div"), { style: "width: 900px; height: 500px" });
  const picture = box.appendChild(document.createElement("div"));
  picture.style.cssText = "width: 100%; height: 100%";
  document.body.append(box);
  const camera = new Camera(box, () => undefined);
  Object.assign(camera, before);
  camera.stands();
  const [x, y] = camera.pixels(place[0], stretch(place[1]));
  Object.assign(camera, after);
  camera.preview();
  const shown = picture.style.transform ? new DOMMatrix(picture.style.transform) : null;
  const [toX, toY] = camera.pixels(place[0], stretch(place[1]));
  const moved = shown && new DOMPoint(x - 450, y - 250).matrixTransform(shown);
  camera.stands();
  box.remove();
  const left = picture.style.transform;
  return { shown: moved && [moved.x + 450, moved.y + 250], wanted: [toX, toY], left };
}"""
HERE = {"x": 102.2, "y": -29.0, "scale": 400}
LIES = """(since) => {
  const sign = '#map [data-id="xichang"].symbol path';
  const at = { map: ".own-map", panel: "#detail", sign, zoom: "#zoom-in" };
  if (Object.values(at).some((of) => !document.querySelector(of))) return null;
  const told = Object.fromEntries(Object.entries(at).map(([name, of]) => {
    const { left, right, width } = document.querySelector(of).getBoundingClientRect();
    return [name, { left, right, width }];
  }));
  const { map, panel, zoom } = told;
  const beside = map.left < told.sign.left && told.sign.right < panel.left
    && panel.right === map.right && zoom.right < panel.left;
  const drawn = Number(document.getElementById("map").dataset.stands);
  const still = document.querySelector(at.map).style.transform === "";
  return drawn > since && still && beside ? { ...told, drawn } : null;
}"""
"""Where they lie, once the map was drawn after an instant and fire and buttons are beside the panel."""


@pytest.mark.parametrize(
    "after",
    [
        {"scale": 800},
        {"scale": 200, "x": 102.5},
        {"x": 101.9, "y": -28.7},
        {"x": 102.0, "y": -29.1, "scale": 560},
    ],
)
def test_the_picture_that_is_there_is_shown_where_it_will_be_drawn(site, look, after):
    page = look(site.url, flags=NO_GL)
    told = page.evaluate(MOVED, [HERE, {**HERE, **after}, [102.37, 27.9]])
    assert told["shown"] == pytest.approx(told["wanted"], abs=0.01)
    assert told["left"] == "", "once it is drawn there it is moved no more"
    far = page.evaluate(MOVED, [HERE, {**HERE, "scale": 4000}, [102.37, 27.9]])
    assert far["shown"] is None, "a picture is not blown up tenfold"


def test_an_opened_alert_lies_over_a_map_that_keeps_its_size_and_beside_its_fire(site, look):
    page = look(site.url, flags=NO_GL, viewport={"width": 1440, "height": 900})
    wide = page.evaluate("document.querySelector('.own-map').getBoundingClientRect().width")
    page.locator('[data-alert="xichang"]').click()
    expect(page.locator("#detail .reasons li").first).to_be_visible()
    told = page.wait_for_function(LIES, arg=0).json_value()
    assert told["map"]["width"] == wide
    page.locator("#zoom-in").click()
    expect(page.locator("#detail")).to_be_visible()
    page.wait_for_function(LIES, arg=told["drawn"])


def test_what_was_told_of_an_alert_for_the_list_is_made_whole_when_it_is_opened(site, look):
    page = look(site.url, flags=NO_GL)
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    page.locator('[data-alert="xichang"]').click()
    expect(page.locator("#detail .reasons li").first).to_be_visible()
    expect(page.locator("#detail h2")).to_be_focused()
    page.locator("#detail-close").click()
    page.locator('[data-alert="xichang"]').click()
    expect(page.locator("#detail .reasons li").first).to_be_visible()
    assert len([one for one in asked if "/v1/alerts/xichang?revision=" in one]) == 1
