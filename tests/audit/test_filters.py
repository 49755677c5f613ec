"""Which filters there were, and when: made-up records, and what follows from them by hand."""

import io
import random

import pytest
from audit_changes import (
    ADD,
    CONDITIONS,
    DELETE,
    FIREWALL,
    HOST,
    LAYER,
    STORY,
    changed,
    intervals,
    key,
    log,
    made,
    present,
    provider,
    started,
    story,
)
from audit_records import FIELDS, MOMENT, Audit
from evtx_file import TEXT, sid_bytes

from wfpfast import audit

pytest.importorskip("pyarrow")


def test_two_boots() -> None:
    assert intervals(log(*story())) == STORY


def test_files_may_come_in_any_order_and_share_records() -> None:
    one, two = story()[:5], story()[4:]
    assert intervals(log(*two), log(*one)) == STORY
    table = audit.read_filters([log(*two), log(*one)])
    assert table.stats == {"doubles": 1}


def test_all_cells() -> None:
    added = changed(ADD, 200, "c", 10)
    (row,) = audit.read_filters(log(added, made(5447, {
        **added.fields, "ChangeType": DELETE, "ProcessId": 4, "UserSid": "S-1-5-18",
        "UserName": "SYSTEM"}, 12))).to_pylist()
    times = {name: row.pop(name) for name in ("from", "until", "read_until")}
    assert times["until"] == times["read_until"]
    assert (times["until"] - times["from"]).total_seconds() == 2
    assert row == {
        "host": HOST, "boot": 1, "filter_id": 200, "known_by": "added", "ended_by": "deleted",
        "filter_key": key("c"), "name": "Rule c", "lifetime": "not persistent",
        "provider_key": FIREWALL, "provider_name": "Microsoft Corporation", "layer_key": LAYER,
        "layer_id": 48, "layer_name": "ALE Connect v4 Layer", "action": "BLOCK",
        "weight": 10376293542535364544, "conditions": CONDITIONS, "callout_key": None,
        "callout_name": None, "user_sid": "S-1-5-19",
        "user_name": r"NT AUTHORITY\LOCAL SERVICE", "process_id": 1620, "record_id": 1100,
        "until_user_sid": "S-1-5-18", "until_user_name": "SYSTEM", "until_process_id": 4,
        "until_record_id": 1120}


@pytest.mark.parametrize(("message", "action"), [
    ("%%16390", "PERMIT"), ("%%16391", "CALLOUT"), ("Block", "BLOCK"), ("%%9", "%%9")])
def test_messages_become_words(message: str, action: str) -> None:
    added = changed(ADD, 200, "c", 10)
    one = made(5447, {**added.fields, "Action": message, "FilterType": "%%16386"}, 10)
    (row,) = audit.read_filters(log(one)).to_pylist()
    assert (row["action"], row["lifetime"]) == (action, "boot-time")


def test_two_hosts_have_their_own_ids() -> None:
    found = intervals(log(
        present(100, "a", 0), present(100, "b", 5, "pc2"), started(9, "pc2"),
        present(100, "c", 10, "pc2"), changed(DELETE, 100, "a", 20)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 20.0, "start", "deleted"),
        ("pc2", 1, 100, "b", 5.0, 9.0, "start", "next start"),
        ("pc2", 2, 100, "c", 10.0, None, "start", None)]


@pytest.mark.parametrize("event_id", [4608, 4826])
def test_a_start_of_windows_ends_all_filters(event_id: int) -> None:
    found = intervals(log(
        changed(ADD, 100, "a", 0), started(50, event_id=event_id), started(51),
        changed(ADD, 300, "d", 60), started(70)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 50.0, "added", "next start"),
        ("pc1", 2, 300, "d", 60.0, 70.0, "added", "next start")]


def test_what_was_there_at_a_start_again_is_another_start() -> None:
    """Also of a provider, also without a pause, and from the first record of the start on."""
    found = intervals(log(
        provider("f", 0), present(100, "a", 1), present(101, "b", 2),
        present(102, "c", 3), provider("f", 3.5), present(100, "b", 4)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 3.5, "start", "next start"),
        ("pc1", 2, 100, "b", 3.5, None, "start", None),
        ("pc1", 1, 101, "b", 0.0, 3.5, "start", "next start"),
        ("pc1", 1, 102, "c", 0.0, 3.5, "start", "next start")]


def test_a_start_begins_with_the_first_of_its_records() -> None:
    """What was not seen before comes first; only what follows says that it is a start."""
    found = intervals(log(
        present(100, "a", 0), changed(ADD, 200, "c", 10), present(300, "d", 20),
        present(100, "a", 21)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 20.0, "start", "next start"),
        ("pc1", 2, 100, "a", 20.0, None, "start", None),
        ("pc1", 1, 200, "c", 10.0, 20.0, "added", "next start"),
        ("pc1", 2, 300, "d", 20.0, None, "start", None)]


def test_a_persistent_filter_that_comes_later_is_no_start() -> None:
    found = intervals(log(
        present(100, "a", 0), changed(ADD, 200, "c", 10), present(300, "d", 20),
        present(301, "e", 400)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, None, "start", None),
        ("pc1", 1, 200, "c", 10.0, None, "added", None),
        ("pc1", 1, 300, "d", 20.0, None, "start", None),
        ("pc1", 1, 301, "e", 400.0, None, "start", None)]


def test_a_persistent_filter_that_was_deleted_may_come_again() -> None:
    found = intervals(log(
        present(100, "a", 0), present(101, "b", 0.5), changed(DELETE, 100, "a", 10),
        present(102, "a", 20)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 10.0, "start", "deleted"),
        ("pc1", 1, 101, "b", 0.0, None, "start", None),
        ("pc1", 1, 102, "a", 20.0, None, "start", None)]


def test_an_id_that_another_filter_has_is_of_another_boot() -> None:
    found = intervals(log(
        changed(ADD, 100, "a", 0), changed(ADD, 101, "b", 1), changed(DELETE, 100, "c", 50)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 50.0, "added", "next start"),
        ("pc1", 2, 100, "c", 50.0, 50.0, "deleted", "deleted"),
        ("pc1", 1, 101, "b", 1.0, 50.0, "added", "next start")]


def test_what_only_its_end_tells_of_is_known_from_then_on() -> None:
    assert intervals(log(changed(DELETE, 100, "a", 7))) == [
        ("pc1", 1, 100, "a", 7.0, 7.0, "deleted", "deleted")]


def test_a_change_that_is_neither_is_an_update() -> None:
    found = intervals(log(changed("%%16400", 100, "a", 0), changed("?", 100, "a", 5)))
    assert found == [
        ("pc1", 1, 100, "a", 0.0, 5.0, "changed", "changed"),
        ("pc1", 1, 100, "a", 5.0, None, "changed", None)]


def test_other_records_say_until_when_a_host_was_read() -> None:
    bind = Audit(5158, FIELDS["bind"], 5, HOST, MOMENT + 90_000_000)
    foreign = Audit(5447, {}, 6, HOST, MOMENT + 80_000_000, provider="Another")
    other = Audit(4688, {"NewProcessId": "0x1"}, 7, "pc2", MOMENT + 990_000_000)
    table = audit.read_filters(log(changed(ADD, 100, "a", 0), bind, foreign, other))
    (row,) = table.to_pylist()
    assert (row["read_until"] - row["from"]).total_seconds() == 9
    assert table.stats == {}


def test_a_log_without_such_records() -> None:
    table = audit.read_filters(log(Audit(5158, FIELDS["bind"])))
    assert (len(table), table.stats) == (0, {})
    assert intervals(log()) == []
    with pytest.raises(audit.EvtxError, match="no Windows event log"):
        audit.read_filters(io.BytesIO(b"filters"))
    with pytest.raises(ValueError, match="errors='skip'"):
        audit.read_filters(log(), errors="skip")  # type: ignore[arg-type]


@pytest.mark.parametrize(("field", "text"), [
    ("FilterId", "many"), ("FilterId", "18446744073709551616"), ("Weight", "-1"),
    ("LayerKey", "{c38d57d1}"), ("ProviderKey", "none")])
def test_a_value_that_cannot_be_read_costs_itself(field: str, text: str) -> None:
    good = changed(ADD, 100, "a", 0)
    bad = changed(ADD, 101, "b", 1)
    bad = bad._replace(fields={**bad.fields, field: text}, types={**bad.types, field: TEXT})
    table = audit.read_filters(log(good, bad), errors="null")
    lost = {"filters_without_id": 1} if field == "FilterId" else {}
    assert table.stats == {"malformed": 1, **lost}
    assert [row["filter_id"] for row in table] == ([100] if lost else [100, 101])
    with pytest.raises(audit.EvtxError, match=f"chunk 0: record 2: field {field}: has a value"):
        audit.read_filters(log(good, bad))


@pytest.mark.parametrize("raw", [
    b"", b"\1\1\0\0\0\0\0\5", sid_bytes("S-1-5-19") + bytes(4), sid_bytes("S-1-5-19")[:11]])
def test_a_sid_of_another_size_is_none(raw: bytes) -> None:
    one = changed(ADD, 100, "a", 0)
    table = audit.read_filters(
        log(one._replace(fields={**one.fields, "UserSid": raw})), errors="null")
    (row,) = table.to_pylist()
    assert (row["user_sid"], row["user_name"]) == (None, r"NT AUTHORITY\LOCAL SERVICE")
    assert table.stats == {"malformed": 1}


def test_a_filter_without_an_id_is_left_out() -> None:
    one = changed(ADD, 0, "a", 0)
    table = audit.read_filters(log(one))
    assert (len(table), table.stats) == (0, {"filters_without_id": 1})


def test_damaged_records_cost_themselves() -> None:
    data = bytearray(log(*story()).getvalue())
    number = data.index(b"**\0\0", 4096 + 512 + 4)   # the second record: its mark is not there
    data[number] = 0
    table = audit.read_filters(io.BytesIO(data), errors="null")
    assert table.stats == {"bad_checksums": 1, "lost_events": 1}
    kept = [(row["boot"], row["filter_id"], row["name"]) for row in table]
    assert kept == [
        (1, 100, "Rule a"), (2, 100, "Rule b"), (1, 101, "Rule b"), (2, 101, "Rule a"),
        (1, 200, "Rule c"), (1, 200, "Rule c2")]
    with pytest.raises(audit.EvtxError, match="chunk 0: has records that do not agree"):
        audit.read_filters(io.BytesIO(data))
    cut = audit.read_filters(io.BytesIO(data[:4096 + 60_000]), errors="null")
    assert cut.stats == {"truncated_files": 1, "lost_events": 1}
    assert len(cut) == 6


def test_records_without_a_host_are_of_one() -> None:
    found = audit.read_filters(log(
        changed(ADD, 1, "a", 0, ""), present(2, "b", 1, "pc1"), changed(DELETE, 1, "a", 2, "")))
    rows = [(row["host"], row["filter_id"], row["ended_by"]) for row in found]
    assert rows == [("", 1, "deleted"), ("pc1", 2, None)]


def test_any_bytes_are_read_or_named() -> None:
    """Changed at random: what is found is whole, and an error says in which chunk."""
    import pyarrow as pa

    sound = log(*story(), started(200), provider("f", 201)).getvalue()
    used = len(sound.rstrip(b"\0"))
    chance = random.Random(5)
    ended, rows = [], 0
    for _ in range(400):
        data = bytearray(sound)
        data[0x78] = 1      # not closed, so that no sum protects it
        for _ in range(chance.choice((1, 1, 2, 5))):
            data[chance.randrange(4096, used)] = chance.choice((0, 1, 0xff, chance.randrange(256)))
        table = audit.read_filters(io.BytesIO(data), errors="null")
        pa.table(table).validate(full=True)
        rows += len(table)
        try:
            audit.read_filters(io.BytesIO(data))
        except audit.EvtxError as error:
            ended.append(error.chunk)
    assert set(ended) == {0}
    assert len(ended) > 50
    assert rows > 1000
