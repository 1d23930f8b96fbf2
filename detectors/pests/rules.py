"""What judges finds of pests: the tables of law and standard, and where quarantine pests are on record."""

from collections.abc import Mapping

from msgspec import Struct

from detectors.pests.contiguous import ContiguousTable
from detectors.pests.law import DisasterTable, GrassTable, OccurrenceTable
from detectors.pests.register import Register
from detectors.pests.species import SpeciesTable

PINE_WILT = "Bursaphelenchus xylophilus"


class Rules(Struct, frozen=True, kw_only=True):
    """The tables that judge, and where quarantine pests are on record."""

    species: SpeciesTable
    occurrence: OccurrenceTable
    disaster: DisasterTable
    grassland: GrassTable
    contiguous: ContiguousTable = ContiguousTable()
    register: Register = Register()
    """Of pine wilt."""
    registers: Mapping[str, Register] = {}
    """Of every other pest, by its accepted name."""

    def register_of(self, species: str) -> Register:
        """Return where a pest is on record: the register of one says nothing of another."""
        if species == PINE_WILT:
            return self.register
        return self.registers.get(species, Register())
