"""The records that say which filters there are, and their fields; must not know how they are read.

Events, names and order of the fields are those of the provider's manifest, as OTRF's dump of it
(OSSEM, Microsoft-Windows-Security-Auditing) has them. Public records were found of 5447, and of
5441, 5446 and 5450 one each on pages that describe them (detection wiki); of the others none.
"""

from typing import NamedTuple

FILTER = "filter"


class Kind(NamedTuple):
    """What a record is about.

    Attributes
    ----------
    what : str
        The kind of object.
    key : str
        The field that has its GUID; empty if the record is about the whole computer.
    at_start : bool
        Whether it says that there was the object when the engine started, and not that it was
        added or deleted.
    """

    what: str
    key: str
    at_start: bool


_STARTS = {
    # "Windows is starting up", and "Boot Configuration Data loaded", which is logged whatever
    # is audited: so Microsoft's pages on both.
    4608: Kind("computer", "", True),
    4826: Kind("computer", "", True),
}
_OBJECTS = {
    5440: ("callout", "CalloutKey"), 5441: (FILTER, "FilterKey"),
    5442: ("provider", "ProviderKey"), 5443: ("context", "ProviderContextKey"),
    5444: ("sublayer", "SubLayerKey"),
}
KINDS = {
    **_STARTS,
    **{number: Kind(what, key, True) for number, (what, key) in _OBJECTS.items()},
    **{number + 6: Kind(what, key, False) for number, (what, key) in _OBJECTS.items()},
}
"""The records that are read, by their event ids."""
CHANGES = frozenset(str(number) for number, kind in KINDS.items() if kind.key)
"""Those of them that have fields to read, as texts."""

# The fields by position, as `Get-WinEvent` has them.
_PROVIDER = "ProviderKey ProviderName"
_WHO = "ProcessId UserSid UserName"
_LAYER = "LayerKey LayerName LayerId"
_CALLOUT = f"CalloutKey CalloutName CalloutType CalloutId {_LAYER}"
_FILTER = (
    f"FilterKey FilterName FilterType FilterId {_LAYER} Weight Conditions Action"
    " CalloutKey CalloutName")
_CONTEXT = "ProviderContextKey ProviderContextName ProviderContextType"
_SUBLAYER = "SubLayerKey SubLayerName SubLayerType Weight"
ORDERS = {
    "5440": f"{_PROVIDER} {_CALLOUT}",
    "5441": f"{_PROVIDER} {_FILTER}",
    "5442": f"{_PROVIDER} ProviderType",
    "5443": f"{_PROVIDER} {_CONTEXT}",
    "5444": f"{_PROVIDER} {_SUBLAYER}",
    "5446": f"{_WHO} {_PROVIDER} ChangeType {_CALLOUT}",
    "5447": f"{_WHO} {_PROVIDER} ChangeType {_FILTER}",
    "5448": f"{_WHO} ChangeType {_PROVIDER} ProviderType",
    "5449": f"{_WHO} {_PROVIDER} ChangeType {_CONTEXT}",
    "5450": f"{_WHO} {_PROVIDER} ChangeType {_SUBLAYER}",
}

FIELDS = (
    ("ProcessId", "ProcessID"), ("UserSid",), ("UserName",), ("ChangeType",), ("ProviderKey",),
    ("ProviderName",), ("FilterKey",), ("FilterName",), ("FilterType",), ("FilterId",),
    ("LayerKey",), ("LayerName",), ("LayerId",), ("Weight",), ("Conditions",),
    ("Action", "FilterAction"), ("CalloutKey",), ("CalloutName",), ("ProviderContextKey",),
    ("SubLayerKey",),
)
"""The fields that are read, each with the names that it has; the first one is its own."""
