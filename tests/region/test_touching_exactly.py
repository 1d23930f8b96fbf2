import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from region_map import STEP, sheet_of

from detectors.region.footprint import Footprints
from detectors.region.prepared import Prepared
from detectors.region.touching import shares, touched

SMALL = st.integers(0, 4)
CELLS = st.sets(st.tuples(SMALL, SMALL), min_size=1, max_size=14)
AROUND = st.integers(-2, 12)


def diamonds(asked):
    """Squares on their corner, of whole steps, so that sides and corners meet borders exactly."""
    middle = np.array([(x, y) for x, y, _ in asked], dtype=np.int64)
    reach = np.array([size for _, _, size in asked])[:, None, None]
    corners = middle[:, None] + reach * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)])
    known = np.ones(len(asked), dtype=np.bool_)
    return Footprints(middle[:, 0], middle[:, 1], known, np.arange(len(asked)), middle, corners)


@settings(max_examples=150, deadline=None)
@given(
    CELLS,
    st.lists(st.tuples(AROUND, AROUND, st.integers(1, 4)), min_size=1, max_size=12),
    st.sampled_from([1, 2, 10_000_000, 30_000_000]),
)
def test_what_only_touches_is_touched_whatever_its_size(cells, asked, scale):
    """Squares of a few steps, or of degrees, with holes and corners that touch, beside a line and a point."""
    plain = [
        shapely.union_all([shapely.box(x * 2, y * 2, x * 2 + 2, y * 2 + 2) for x, y in cells]),
        shapely.LineString([(0, 0), (10, 10), (10, 0)]),
        shapely.Point(3, 3),
        shapely.box(-59, -29, 59, 29) if scale == 30_000_000 else shapely.box(0, 0, 1, 1),
    ]
    sheet = sheet_of([shapely.transform(one, lambda xy: np.round(xy * scale * STEP, 7)) for one in plain])
    some = diamonds([tuple(np.array(one) * scale) for one in asked])
    rings = [shapely.Polygon([(x + s, y), (x, y + s), (x - s, y), (x, y - s)]) for x, y, s in asked]
    expected = [
        (at, row) for at, ring in enumerate(rings) for row, one in enumerate(plain) if ring.intersects(one)
    ]
    at, row = touched(sheet, some)
    assert list(zip(at.tolist(), row.tolist(), strict=True)) == expected
    for told in (shares(sheet, some), Prepared.of(sheet).shares(some)):
        assert list(zip(told.at.tolist(), told.row.tolist(), strict=True)) == expected
        common = [rings[one].intersection(plain[other]).area / rings[one].area for one, other in expected]
        # Seen from a step aside of a border; in squares of a few steps that is far.
        assert scale <= 2 or np.abs(told.share - common).max(initial=0) < 1e-6
        held = [plain[other].intersects(shapely.Point(asked[one][:2])) for one, other in expected]
        assert told.held.tolist() == held
