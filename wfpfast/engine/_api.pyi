from typing import NamedTuple

from typing_extensions import disjoint_base

NEWEST_EVENT: int

class EventVersions(NamedTuple):
    enumerated: list[int]
    delivered: list[int]

@disjoint_base
class Api:
    @property
    def event_versions(self) -> EventVersions: ...
