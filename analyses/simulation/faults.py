"""stub"""
from dataclasses import dataclass
@dataclass(frozen=True)
class PlantedFault: pass
def plant_faults() -> None: pass
