from typing import NamedTuple

class Member(NamedTuple):
    offset: int
    size: int
    c_type: str

class Struct(NamedTuple):
    name: str
    size: int
    align: int
    members: dict[str, Member]

STRUCTS: dict[str, Struct]
