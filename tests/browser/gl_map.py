"""How a test comes by the map that the page draws with MapLibre GL, to ask what it draws."""

THE_MAP = """async () => {
  const { Map } = await import(new URL("vendor/maplibre-gl-6.17.0/maplibre-gl.mjs", document.baseURI).href);
  const asked = Map.prototype.queryRenderedFeatures;
  return new Promise((found) => {
    Map.prototype.queryRenderedFeatures = function ask(...given) {
      Map.prototype.queryRenderedFeatures = asked;
      window.theMap = this;
      found(true);
      return asked.apply(this, given);
    };
    const click = new MouseEvent("click", { bubbles: true, clientX: 600, clientY: 500 });
    document.querySelector("#map canvas").dispatchEvent(click);
  });
}"""
"""The page keeps its map to itself: a click makes it ask what lies there, and so it is known."""
