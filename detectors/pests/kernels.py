"""Of which pests it is known how far they spread, and which stands can host them: a table with its status.

`data/spread.toml`. A pest without a row has no published kernel: nothing is said of where it may go.
"""

from typing import Annotated

from msgspec import Meta, Struct

from detectors.pests.law import Status


class Kernel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the mixture of `spread` speaks of a pest, and on what evidence."""

    species: str
    status: Status
    source: str


class Host(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How susceptible stands of a tree species are, 0 to 1."""

    name: str
    susceptibility: Annotated[float, Meta(ge=0, le=1)]
    status: Status


class SpreadTable(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kernels and hosts."""

    version: str
    kernel: tuple[Kernel, ...]
    host: tuple[Host, ...]

    def of(self, species: str) -> Kernel | None:
        """Return the kernel of a pest by its accepted name; None: none is published."""
        found = (one for one in self.kernel if one.species == species and one.status != "superseded")
        return next(found, None)

    def susceptibility(self, tree: str) -> float:
        """Return how susceptible a stand of this species is; what is not named is no host."""
        return next((one.susceptibility for one in self.host if one.name == tree), 0.0)
