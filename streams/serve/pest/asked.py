"""What a question about pests is about: an outbreak or trap that whoever asks may see, now, and the rules."""

from datetime import datetime
from functools import lru_cache

import msgspec
from aiohttp import web

from detectors.pests.count import trap_of
from detectors.pests.species import Species
from detectors.region import Region
from schemas.codec import encode
from schemas.incident import Incident
from schemas.reason import Reason
from schemas.settings import Settings
from streams.config import check_tables
from streams.hops.outbreak_given import PestSettings
from streams.pest_tables import load_species
from streams.serve.history import resolved
from streams.serve.pest.reading import Trap
from streams.serve.problems import problem
from streams.serve.retention import judged_until
from streams.serve.scoping import Sees
from streams.serve.services import Services
from streams.serve.store import Store
from streams.tuning.layers import pests

QUARANTINE = "quarantine"


@lru_cache(maxsize=8)
def _options(table: bytes) -> PestSettings:
    found = check_tables(msgspec.json.decode(table, type=Settings), (("outbreak", PestSettings),))
    options: PestSettings = found["outbreak"]
    return options


def options_of(settings: Settings, species: str) -> PestSettings:
    """Return the settings of [outbreak] for a pest, as the judge has them."""
    own = pests(settings) if settings.layers else {}
    if species in own:
        return own[species]
    return _options(encode(Settings(outbreak=settings.outbreak)))


def species_of(name: str) -> Species:
    """Return the pest of an accepted name; raises a 404 problem for a name that nobody knows."""
    found = load_species().find(name)
    if isinstance(found, Reason):
        raise problem(404, "no such pest")
    return found


def sees_trap(sees: Sees | None, one: Trap) -> bool:
    """Return whether a trap is shown: it stands in the areas, and its pest needs no mark that is lacked."""
    if sees is None:
        return True
    audience = QUARANTINE if species_of(one.species).is_quarantine else ""
    return sees(encode({"audience": audience, "longitude": one.longitude, "latitude": one.latitude}))


def name_of(region: Region, source: str) -> str:
    """Return the name that the region's layer of traps has for one, by its id; empty where it has none."""
    return _names(region).get(trap_of(source), "")


@lru_cache(maxsize=8)
def _names(region: Region) -> dict[str, str]:
    layer = region.layers.get("traps")
    return {} if layer is None else dict(zip(layer.ids(), layer.names(), strict=True))


def outbreak(store: Store, asked: str, sees: Sees | None) -> Incident:
    """Return the outbreak that an id ever shown leads to; raises a 404 problem where none is to be seen."""
    sql = (
        "SELECT body FROM incident JOIN incident_revision USING (seq) WHERE incident.incident_id = ?"
        " AND incident.kind = 'outbreak'"
    )
    rows = store.read(sql, (resolved(store, asked),))
    if not rows or not (sees is None or sees(rows[0][0])):
        raise problem(404, "no such outbreak")
    found = msgspec.json.decode(rows[0][0], type=Incident)
    if found.pest is None:
        raise problem(404, "no such outbreak")
    return found


def now_of(services: Services) -> datetime:
    """Return the time up to which everything has been judged, as the page shows it; the clock before that."""
    return judged_until(services.store) or services.clock()


def text_of(request: web.Request, name: str) -> str:
    """Return what is asked for under a name, empty where it is not there."""
    return request.query.get(name, "").strip()
