"""What Tally knows, as data: units, nouns, metrics, actors, places, cues; tables/, the contracts; articles/, samples."""

from seeds.kinds import Entry
from seeds.loader import SeedError, Seeds, load_seeds

__all__ = ["Entry", "SeedError", "Seeds", "load_seeds"]
