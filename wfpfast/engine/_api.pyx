"""The owner of a table of calls; must not know whether Windows or a simulator answers them."""

from collections import namedtuple

NEWEST_EVENT = N_ENUMS - 1  # of FWPM_NET_EVENTn
EventVersions = namedtuple("EventVersions", ["enumerated", "delivered"])


cdef class Api:
    """A filtering engine that can be talked to; what `wfpfast.Engine` is given."""

    @property
    def event_versions(self):
        """The versions of ``FWPM_NET_EVENTn`` to be enumerated, and to be subscribed to.

        Windows adds versions and keeps the old ones; an old Windows lacks the newer entry points.
        """
        cdef int n
        return EventVersions(
            [n for n in range(N_ENUMS) if self.table.FwpmNetEventEnum[n] != NULL],
            [n + 1 for n in range(N_SUBSCRIBES) if self.table.FwpmNetEventSubscribe[n] != NULL],
        )
