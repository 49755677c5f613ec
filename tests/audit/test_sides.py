"""Which end of an inbound connection is local: known of hosts that give themselves away."""

import io
from typing import Any

import pytest
from audit_records import FIELDS, Audit, read, records
from evtx_file import CHUNK, evtx, file_head

from wfpfast import audit

HEAD = 4096     # bytes before the chunks of a log
OWN, PEER = "192.0.2.20", "203.0.113.9"


def end(direction: str, source: str, destination: str, **more: Any) -> Audit:
    return Audit(more.pop("event_id", 5156), {
        **FIELDS["connection"], "Direction": direction, "SourceAddress": source,
        "SourcePort": "1", "DestAddress": destination, "DestPort": "2"}, **more)


def inbound(source: str, destination: str, **more: Any) -> Audit:
    return end("%%14592", source, destination, **more)


SENT = end("%%14593", OWN, PEER)
BOUND = Audit(5158, {**FIELDS["bind"], "SourceAddress": OWN})


def locals_of(*audits: Audit) -> tuple[list[Any], dict[str, int]]:
    rows, stats = read(evtx(records(audits)))
    return [row.get("local_address") for row in rows if row.get("direction") == "INBOUND"], stats


@pytest.mark.parametrize("evidence", [SENT, BOUND])
def test_a_host_that_logs_its_own_end_as_the_destination(evidence: Audit) -> None:
    found, stats = locals_of(inbound("198.51.100.1", "224.0.0.1"), evidence, inbound(PEER, OWN))
    assert found == ["224.0.0.1", OWN]  # also the one before the evidence
    assert stats["undecided_sides"] == 0
    assert stats["local_is_destination:pc1.example.com"] == 1


def test_a_host_that_logs_its_own_end_as_the_source() -> None:
    rows, stats = read(evtx(records([SENT, inbound(OWN, PEER), inbound(OWN, PEER)])))
    for row in rows:
        assert (row["local_address"], row["local_port"]) == (OWN, 1)
        assert (row["remote_address"], row["remote_port"]) == (PEER, 2)
    assert stats["local_is_source:pc1.example.com"] == 2
    assert stats["undecided_sides"] == 0


@pytest.mark.parametrize("audits", [
    [inbound(PEER, OWN)],
    [SENT, inbound("198.51.100.1", "198.51.100.2")],
    [SENT, inbound(OWN, OWN)],
    [SENT, inbound(PEER, OWN), inbound(OWN, PEER)],  # it contradicts itself
    [end("%%14593", "127.0.0.1", "127.0.0.1"), inbound("127.0.0.2", "127.0.0.1")],
    [SENT, inbound(OWN, "192.0.2.255"), inbound(OWN, "239.255.255.250")],
    [end("%%14593", "::1", "::1"), inbound("2001:db8::1", "::1")],
    [end("%%14593", "fe80::1", "ff02::1"), inbound("fe80::1", "ff02::1")],
    [end("%%14593", OWN, PEER, host="pc2"), inbound(PEER, OWN)],
    [end("%%14595", OWN, PEER), inbound(PEER, OWN)],
    [Audit(5152, SENT.fields), inbound(PEER, OWN)],
])
def test_what_is_no_evidence(audits: list[Audit]) -> None:
    found, stats = locals_of(*audits)
    assert set(found) == {None}
    assert stats["undecided_sides"] == len(found)


def test_each_host_is_decided_by_itself() -> None:
    audits = [
        each._replace(host=host) for host in ("old", "new", "quiet")
        for each in ([SENT] if host != "quiet" else []) + [
            inbound(OWN, PEER) if host == "old" else inbound(PEER, OWN)]]
    found, stats = locals_of(*audits)
    assert found == [OWN, OWN, None]
    told = {k: v for k, v in stats.items() if k.startswith(("local_is", "undecided"))}
    assert told == {
        "undecided_sides": 1, "local_is_source:old": 1, "local_is_destination:new": 1}


def test_a_log_that_is_long_is_decided_at_its_beginning() -> None:
    audits = [SENT, *[inbound(PEER, OWN)] * 3000, inbound(OWN, PEER), inbound(PEER, OWN)]
    data = evtx(records(audits))
    assert len(data) > 3 << 19  # the file is read by the megabyte
    rows, stats = read(data, columns=["timestamp", "direction", "local_address"])
    assert {row["local_address"] for row in rows[:-2]} == {OWN}
    assert stats["undecided_sides"] == 0
    assert 1000 < stats["local_is_destination:pc1.example.com"] < 3000


def log_of(*parts: tuple[list[Audit], int]) -> bytes:
    """Return a log of chunks that are repeated as often as is said."""
    chunks = b"".join(evtx(records(audits))[HEAD:] * times for audits, times in parts)
    return file_head(len(chunks) // CHUNK) + chunks


@pytest.mark.parametrize("data", [
    log_of(([SENT, inbound(PEER, OWN)], 1)),
    # The host is decided by what is in the third part, and its first parts wait for that.
    log_of(([inbound(PEER, OWN)] * 3, 40), ([SENT, inbound(PEER, OWN)], 40)),
])
def test_threads_decide_what_one_decides(data: bytes) -> None:
    columns = ["timestamp", "record_id", "local_address"]
    alone = read(data, columns=columns)
    assert alone[1]["local_is_destination:pc1.example.com"] >= 1
    assert alone[1]["undecided_sides"] == 0
    for threads in (2, 3, 5):
        assert read(data, columns=columns, threads=threads) == alone


class Failing(io.BytesIO):
    """A file of which only the beginning can be read."""

    def readinto(self, room: Any) -> int:
        if self.tell() > 3 << 20:
            raise OSError("no more of it")
        return super().readinto(room)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_before_a_fault_is_read(threads: int) -> None:
    data = log_of(([SENT, inbound(PEER, OWN)], 80))
    with audit.read_events(Failing(data), threads=threads) as stream:
        for _ in range(3):  # a batch is of one part
            assert len(next(stream)) == 2 * 16
        assert stream.stats["undecided_sides"] == 0
        with pytest.raises(OSError, match="no more of it"):
            next(stream)


def test_an_inbound_packet_needs_no_evidence() -> None:
    assert locals_of(inbound(PEER, OWN, event_id=5152))[0] == [OWN]
