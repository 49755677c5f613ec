from typing_extensions import disjoint_base

@disjoint_base
class Nodes:
    @property
    def mended(self) -> int: ...
    def feed(self, piece: bytes) -> None: ...
