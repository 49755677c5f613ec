from typing_extensions import disjoint_base

@disjoint_base
class Api:
    @property
    def event_versions(self) -> tuple[list[int], list[int]]: ...
