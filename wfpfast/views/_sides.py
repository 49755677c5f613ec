"""Which end of an event is source and which destination, where that is known.

Must not know vocabularies. Where local and remote are known, the direction says it; it is right
also where a record was logged the other way round. Elsewhere a record's own words are taken.
"""

from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from wfpfast import names
from wfpfast.views._rows import Rows, where


class Side(NamedTuple):
    """One end: columns, and where it is this machine."""

    address: pa.Array
    port: pa.Array
    mac: pa.Array
    is_local: pa.Array


class Sides(NamedTuple):
    """Both ends, by who began and by whose they are.

    Attributes
    ----------
    source, destination : Side
        Null where not known.
    local, remote : Side
        As the columns say it.
    known : pyarrow.Array
        Whether source and destination are known.
    icmp_type, icmp_code : pyarrow.Array
        What Windows gives as ports where the protocol is ICMP.
    """

    source: Side
    destination: Side
    local: Side
    remote: Side
    known: pa.Array
    icmp_type: pa.Array
    icmp_code: pa.Array


def sides(rows: Rows) -> Sides:
    """Return the ends of events."""
    yes, no = (rows.always(value, pa.bool_()) for value in (True, False))
    icmp = pc.fill_null(pc.is_in(rows.get("ip_protocol"), pa.array(names.ICMP, pa.uint8())), False)
    ports = {
        name: where(pc.invert(icmp), rows.get(f"{name}_port"))
        for name in ("local", "remote", "source", "destination")}
    local, remote = (
        Side(rows.get(f"{name}_address"), ports[name], rows.get(f"{name}_mac"), flag)
        for name, flag in (("local", yes), ("remote", no)))
    away, here = (pc.fill_null(pc.equal(rows.get("direction"), each), False)
                  for each in ("OUTBOUND", "INBOUND"))
    given = pc.or_(
        pc.or_(pc.is_valid(local.address), pc.is_valid(remote.address)),
        pc.or_(pc.is_valid(local.mac), pc.is_valid(remote.mac)))
    out, into = pc.and_(away, given), pc.and_(here, given)
    decided = pc.or_(out, into)
    logged = [rows.get("source_address"), rows.get("destination_address")]
    # A bind and listening have one end, which is logged as the source, and is this machine.
    alone = pc.fill_null(pc.equal(logged[0], local.address), False)
    nothing = pa.nulls(rows.count, pa.utf8())
    as_logged = [
        Side(logged[0], ports["source"], nothing, alone),
        Side(logged[1], ports["destination"], nothing, no)]
    source, destination = (
        Side(*(pc.if_else(decided, pc.if_else(out, mine, yours), told)
               for mine, yours, told in zip(*ends, strict=True)))
        for ends in ((local, remote, as_logged[0]), (remote, local, as_logged[1])))
    return Sides(
        source, destination, local, remote, pc.or_(decided, pc.is_valid(logged[0])),
        where(icmp, rows.get("local_port")), where(icmp, rows.get("remote_port")))
