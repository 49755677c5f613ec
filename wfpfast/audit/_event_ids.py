"""Says which audit Windows writes for a net event; must not know records of event logs.

Source: Microsoft's "Auditing and logging" of the filtering platform, which names the audits by what
was decided: a bind, listening, a connection, a packet. Each is decided at its own layers, which
public records of 5154, 5156 and 5158 confirm by their LayerRTID. Where a layer's number means
another layer in another Windows, and where several audits stand for one event, there is no answer.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from wfpfast._tables.layers import BUILDS

if TYPE_CHECKING:
    import pyarrow as pa

EVENT_ID = "event_id"
EVENT_ID_NEEDS = ("event_type", "layer_id", "failure_status")
"""The columns that say it."""

_FIRST_WITH_FRAMES = 9200   # the build from which frames are net events
_CLEAR_TEXT = 0xC0360007 - (1 << 32)    # STATUS_IPSEC_CLEAR_TEXT_DROP
_CONNECTIONS = ("ALE_AUTH_RECV_ACCEPT", "ALE_AUTH_CONNECT")
_PACKETS = tuple(
    f"{kind}{discarded}" for discarded in ("", "_DISCARD") for kind in (
        "INBOUND_IPPACKET", "OUTBOUND_IPPACKET", "IPFORWARD", "INBOUND_TRANSPORT",
        "OUTBOUND_TRANSPORT", "DATAGRAM_DATA", "INBOUND_ICMP_ERROR", "OUTBOUND_ICMP_ERROR"))
_FRAMES = (
    "INBOUND_MAC_FRAME_ETHERNET", "OUTBOUND_MAC_FRAME_ETHERNET", "INBOUND_MAC_FRAME_NATIVE",
    "OUTBOUND_MAC_FRAME_NATIVE")
_SWITCHED = (
    "INGRESS_VSWITCH_ETHERNET", "EGRESS_VSWITCH_ETHERNET", "INGRESS_VSWITCH_TRANSPORT",
    "EGRESS_VSWITCH_TRANSPORT")
# By type of event: the audit at each layer, whose name is without the version of IP.
AT_LAYERS: dict[str, dict[str, int]] = {
    "CLASSIFY_ALLOW": {
        "ALE_AUTH_LISTEN": 5154, **dict.fromkeys(_CONNECTIONS, 5156),
        "ALE_RESOURCE_ASSIGNMENT": 5158},
    "CLASSIFY_DROP": {
        "ALE_AUTH_LISTEN": 5155, **dict.fromkeys(_CONNECTIONS, 5157),
        "ALE_RESOURCE_ASSIGNMENT": 5159, **dict.fromkeys(_PACKETS, 5152)},
    "CLASSIFY_DROP_MAC": {**dict.fromkeys(_SWITCHED, 5146), **dict.fromkeys(_FRAMES, 5150)},
}


def event_ids(batch: Any) -> "pa.Array":
    """Return the id of the audit that Windows writes for each event, if it is audited; null where
    that is not known.

    So net events can be joined with records of the Security log. Of a blocked connection it is
    5157, beside which Windows may also write 5152. Which of two filters decided is not in a net
    event, so that 5147, 5151 and 5153 are never the answer; docs/security-log.md has the table.

    Parameters
    ----------
    batch : EventBatch, or what gives an Arrow array
        With the columns ``event_type`` and ``layer_id``, of IPsec drops ``failure_status``.
        Records of the Security log keep their ``event_id``.

    Returns
    -------
    pyarrow.Array
        Of uint16.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    rows = pa.record_batch(batch)
    types, layers = _column(rows, "event_type", pa.utf8()), _column(rows, "layer_id", pa.uint16())
    nothing = pa.scalar(None, pa.uint16())
    found = _column(rows, EVENT_ID, pa.uint16())
    for name in AT_LAYERS:
        audits = pa.array(_by_number(name), pa.uint16())
        numbers = pc.if_else(pc.less(layers, len(audits)), layers, nothing)
        of_type = pc.if_else(pc.equal(types, name), audits.take(numbers), nothing)
        found = pc.coalesce(found, of_type)
    clear = pc.and_(
        pc.equal(types, "IPSEC_KERNEL_DROP"),
        pc.equal(_column(rows, "failure_status", pa.int32()), _CLEAR_TEXT))
    for mask, audit in ((clear, 4963), (pc.equal(types, "IKEEXT_QM_FAILURE"), 4654)):
        found = pc.coalesce(found, pc.if_else(mask, pa.scalar(audit, pa.uint16()), nothing))
    return found


def _column(rows: "pa.RecordBatch", name: str, kind: "pa.DataType") -> "pa.Array":
    import pyarrow as pa

    if name not in rows.schema.names:
        return pa.nulls(len(rows), kind)
    return rows.column(name).cast(kind)


@cache
def _by_number(event_type: str) -> list[int | None]:
    """Return the audit at each layer by its number, where all builds of Windows agree on it."""
    audits = AT_LAYERS[event_type]
    builds = [layers for first, layers in BUILDS if first >= _FIRST_WITH_FRAMES]
    found: list[int | None] = []
    for number in range(min(map(len, builds))):
        there = {audits.get(_without_version(layers[number])) for layers in builds}
        found.append(there.pop() if len(there) == 1 else None)
    return found


def _without_version(layer: str) -> str:
    return layer.replace("_V4", "").replace("_V6", "")
