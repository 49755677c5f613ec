"""Names beside events: by hand, and against a join of duckdb."""

import random
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

import wfpfast
from wfpfast import naming

pa = pytest.importorskip("pyarrow")

FULL = {
    "filter_id": 70, "filter_key": "{k70}", "name": "Mail out", "provider_key":
    "{decc16ca-3f33-4346-be1e-8fb4ae0f3d62}", "provider_name": "Microsoft Corporation",
    "provider_service": "mpssvc", "layer_key": "FWPM_LAYER_ALE_AUTH_CONNECT_V4",
    "sublayer_key": "FWPM_SUBLAYER_MPSSVC_WF", "sublayer_name": None,
    "callout_key": "{aa}", "callout_name": "Example callout", "filter_origin": "{rule 1}"}
BARE = dict.fromkeys(FULL) | {"filter_id": 71}
PLAIN = FULL | {
    "filter_id": 72, "name": "Plain", "provider_key": "{p}", "provider_name": "Example Shield",
    "layer_key": "{00000000-0000-4000-8000-000000000001}", "filter_origin": None,
    "sublayer_name": "Example sublayer", "callout_name": None}
NAMES_OF_FULL = {
    "rule_name": "Mail out", "rule_key": "{k70}", "provider": "MPSSVC_WF", "service": "mpssvc",
    "sublayer": "MPSSVC_WF", "layer": "ALE_AUTH_CONNECT_V4", "callout": "Example callout",
    "origin": "{rule 1}", "filter_known": "state"}
TYPES = {
    "filter_id": pa.uint64(), "layer_id": pa.uint16(), "timestamp": pa.timestamp("ns", "UTC")}


def filters(*rows: dict[str, Any], **more: Any) -> Any:
    given = [row | more for row in rows]
    return pa.table({
        name: pa.array([row[name] for row in given], TYPES.get(name, pa.utf8()))
        for name in given[0]})


def events(*ids: int | None, **columns: list[Any]) -> Any:
    named = {"filter_id": list(ids), **columns}
    return pa.table({
        name: pa.array(values, TYPES.get(name, pa.utf8())) for name, values in named.items()})


def beside(given: Any, *args: Any, **options: Any) -> list[dict[str, Any]]:
    found = wfpfast.with_names(given, *args, **options)
    made = [name for name in found.schema.names if name in naming.COLUMNS]
    rows: list[dict[str, Any]] = found.select(made).to_pylist()
    return rows


def known(given: Any, *args: Any, **options: Any) -> list[tuple[str | None, str | None]]:
    return [(row["filter_known"], row["rule_name"]) for row in beside(given, *args, **options)]


def test_what_a_filter_is_called() -> None:
    first, bare, plain, no_filter, strange = beside(
        events(70, 71, 72, None, 99), filters(FULL, BARE, PLAIN))
    nothing = dict.fromkeys(NAMES_OF_FULL)
    assert first == NAMES_OF_FULL
    assert bare == nothing | {"filter_known": "state"}
    assert plain == {
        "rule_name": "Plain", "rule_key": "{k70}", "provider": "Example Shield",
        "service": "mpssvc", "sublayer": "Example sublayer",
        "layer": "{00000000-0000-4000-8000-000000000001}", "callout": "{aa}", "origin": None,
        "filter_known": "state"}
    assert no_filter == nothing
    assert strange == nothing | {"filter_known": "not known"}


def test_a_provider_whose_name_is_a_resource() -> None:
    row = PLAIN | {"provider_name": "@shield.dll,-1"}
    assert beside(events(72), filters(row))[0]["provider"] == "{p}"


def test_columns_are_dictionaries() -> None:
    found = wfpfast.with_names(events(70), filters(FULL))
    assert found.column_names == ["filter_id", *naming.RULE_COLUMNS]
    for name in naming.RULE_COLUMNS:
        assert found.schema.field(name).type == pa.dictionary(pa.int32(), pa.utf8()), name


def test_a_filter_at_another_layer_is_not_the_one() -> None:
    # 48 is ALE_AUTH_CONNECT_V4, 44 ALE_AUTH_RECV_ACCEPT_V4; 90 differs between versions.
    given = events(70, 70, 70, 70, 72, layer_id=[48, 44, None, 90, 44])
    assert known(given, filters(FULL, PLAIN)) == [
        ("state", "Mail out"), ("other layer", None), ("state", "Mail out"),
        ("state", "Mail out"), ("state", "Plain")]
    assert [row["layer"] for row in beside(given, filters(FULL, PLAIN))] == [
        "ALE_AUTH_CONNECT_V4", "ALE_AUTH_RECV_ACCEPT_V4", "ALE_AUTH_CONNECT_V4",
        "ALE_AUTH_CONNECT_V4", "ALE_AUTH_RECV_ACCEPT_V4"]


def test_the_first_state_that_has_the_filter_names_it() -> None:
    first = filters(FULL | {"layer_key": "FWPM_LAYER_ALE_AUTH_RECV_ACCEPT_V4"}, PLAIN)
    second = filters(FULL | {"name": "Second"}, PLAIN | {"name": "Never"})
    given = events(70, 70, 72, 73, layer_id=[48, 44, 48, 48])
    assert known(given, [first, second]) == [
        ("state", "Second"), ("state", "Mail out"), ("state", "Plain"), ("not known", None)]


def test_a_host_s_state_is_for_its_events_only() -> None:
    mine, other = filters(FULL, host="pc1"), filters(FULL | {"name": "Other"}, host="pc2")
    given = events(70, 70, 70, 70, host=["pc1", "pc2", "pc3", None])
    assert known(given, [mine, other]) == [
        ("state", "Mail out"), ("state", "Other"), ("not known", None), ("not known", None)]
    assert known(given, [mine, other], host="pc2")[3] == ("state", "Other")
    # One host only: events that name none are its own. A state that names none is anybody's.
    assert known(given, mine) == [
        ("state", "Mail out"), ("not known", None), ("not known", None), ("state", "Mail out")]
    assert known(given, filters(FULL)) == [("state", "Mail out")] * 4
    assert known(events(70), [mine, other]) == [("not known", None)]


@pytest.mark.parametrize(("theirs", "mine", "same"), [
    ("pc1", "PC1", True), ("pc1.corp.example", "PC1", True), ("PC1", "pc1.corp.example", True),
    ("pc1.corp.example", "pc1.other.example", False), ("pc1", "pc11", False)])
def test_hosts_with_and_without_their_domain(theirs: str, mine: str, same: bool) -> None:
    expected = [("state", "Mail out") if same else ("not known", None)]
    assert known(events(70, host=[mine]), filters(FULL, host=theirs)) == expected
    assert known(events(70), filters(FULL, host=theirs), host=mine) == expected


def test_a_short_name_of_two_hosts_is_neither() -> None:
    both = [filters(FULL, host=f"pc1.{domain}.example") for domain in "ab"]
    assert known(events(70, host=["pc1"]), both) == [("not known", None)]


def log(*rows: tuple[int, str, int, int | None], read_until: int = 100) -> Any:
    """Filters as a Security log tells them: id, name, seconds from and until."""
    times = pa.timestamp("ns", "UTC")
    found = pa.table({
        "host": ["pc1"] * len(rows), "filter_id": pa.array([row[0] for row in rows], pa.uint64()),
        "name": [row[1] for row in rows],
        "from": pa.array([row[2] * 10**9 for row in rows], times),
        "until": pa.array([None if row[3] is None else row[3] * 10**9 for row in rows], times),
        "read_until": pa.array([read_until * 10**9] * len(rows), times)})
    for name in ("filter_key", "layer_key", "action", "provider_key", "provider_name",
                 "callout_key", "callout_name"):
        found = found.append_column(name, pa.nulls(len(rows), pa.utf8()))
    return found


def at(*seconds: int) -> list[datetime]:
    return [datetime.fromtimestamp(second, UTC) for second in seconds]


def test_filters_of_a_log_are_those_of_the_time() -> None:
    then = log((70, "Early", 10, 20), (70, "Late", 30, None))
    given = events(70, 70, 70, 70, 72, 99, timestamp=at(15, 25, 40, 101, 15, 15))
    assert known(given, then) == [
        ("then", "Early"), ("not known then", None), ("then", "Late"), ("last known", "Late"),
        ("not known", None), ("not known", None)]
    both = [("then", "Early"), ("state", "Mail out"), ("then", "Late"), ("last known", "Late"),
            ("state", "Plain"), ("not known", None)]
    assert known(given, [then, filters(FULL, PLAIN)]) == both
    assert known(given, [filters(PLAIN), log((72, "No", 0, None)), then]) == [
        ("then", "Early"), ("not known then", None), *both[2:]]
    assert known(given, (filters(FULL), then)) == [
        ("state", "Mail out")] * 4 + [("not known", None)] * 2


def test_times_of_a_log_need_no_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python objects they would: they have 100 ns, and datetime has microseconds."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    exact = log((70, "Early", 10, 20))
    place = exact.schema.get_field_index("from")
    exact = exact.set_column(place, "from", pa.array([100], pa.timestamp("ns", "UTC")))
    assert known(events(70, timestamp=at(15)), exact) == [("then", "Early")]


def test_the_origin_that_an_event_has_itself() -> None:
    given = events(70, 70, 72, filter_origin=["Query User Default", None, None])
    assert [row["origin"] for row in beside(given, filters(FULL, PLAIN))] == [
        "Query User Default", "{rule 1}", None]


def test_without_filters() -> None:
    given = events(
        70, 70, 70, layer_id=[48, 90, None],
        user_sid=["S-1-5-18", None, "S-1-5-21-1-2-3-1001"],
        app_path=["\\device\\harddiskvolume3\\windows\\system32\\svchost.exe", "System", None])
    assert beside(given) == [
        {"layer": "ALE_AUTH_CONNECT_V4", "user_account": "NT AUTHORITY\\SYSTEM",
         "program": "svchost.exe"},
        {"layer": None, "user_account": None, "program": "System"},
        {"layer": None, "user_account": None, "program": None}]
    found = beside(given, accounts={"S-1-5-21-1-2-3-1001": "PC1\\anna"},
                   volumes={"HarddiskVolume3": "C:"})
    assert [(row["user_account"], row["app"]) for row in found] == [
        ("NT AUTHORITY\\SYSTEM", "C:\\windows\\system32\\svchost.exe"), (None, "System"),
        ("PC1\\anna", None)]


def test_a_service_that_only_the_filters_know() -> None:
    # struct.unpack("<5I", sha1("EXAMPLESHIELDSVC", as UTF-16)), computed apart from the package.
    sid = "S-1-5-80-1641931081-2829173176-4079161180-1811040938-3783596526"
    given = events(70, user_sid=[sid])
    assert wfpfast.names.service_sid("ExampleShieldSvc") == sid
    assert beside(given)[0]["user_account"] is None
    row = FULL | {"provider_service": "ExampleShieldSvc"}
    assert beside(given, filters(row))[0]["user_account"] == "NT SERVICE\\ExampleShieldSvc"


@pytest.mark.parametrize(("volumes", "path", "app"), [
    ({"HarddiskVolume3": "C:"}, "\\Device\\HARDDISKVOLUME3\\a\\b.exe", "C:\\a\\b.exe"),
    ({"\\Device\\HarddiskVolume3\\": "C:\\"}, "\\device\\harddiskvolume3\\a.exe", "C:\\a.exe"),
    ({"HarddiskVolume3": "C:"}, "\\device\\harddiskvolume33\\a", "\\device\\harddiskvolume33\\a"),
    ({"HarddiskVolume3": "C:"}, "\\device\\harddiskvolume3", "\\device\\harddiskvolume3"),
    ({"x": "C:"}, "device\\x\\a", "device\\x\\a"),
])
def test_drives(volumes: dict[str, str], path: str, app: str) -> None:
    assert beside(events(1, app_path=[path]), volumes=volumes)[0]["app"] == app


def test_a_host_s_drives_are_for_its_events_only() -> None:
    path = "\\Device\\HarddiskVolume3\\a.exe"
    volumes = {"PC1": {"HarddiskVolume3": "C:"}, "pc2": {"harddiskvolume3": "D:"}}
    given = events(*range(7), app_path=[path] * 5 + [None, path[1:]], host=[
        "PC1", "pc1.corp.example", "pc2", "pc3", None, "PC1", "PC1"])
    apps = [row["app"] for row in beside(given, volumes=volumes)]
    assert apps == ["C:\\a.exe", "C:\\a.exe", "D:\\a.exe", path, path, None, path[1:]]
    assert beside(given, volumes=volumes, host="pc2")[4]["app"] == "D:\\a.exe"
    # One host only: events that name none are its own. Drives of nobody are for all others.
    one = {"PC1": volumes["PC1"]}
    apps = [row["app"] for row in beside(given, volumes=one)][:5]
    assert apps == ["C:\\a.exe", "C:\\a.exe", path, path, "C:\\a.exe"]
    apps = [row["app"] for row in beside(given, volumes={**one, "HarddiskVolume3": "E:"})][:5]
    assert apps == ["C:\\a.exe", "C:\\a.exe", "E:\\a.exe", "E:\\a.exe", "C:\\a.exe"]
    assert [row["app"] for row in beside(events(1, app_path=[path]), volumes=volumes)] == [path]


def test_a_host_whose_name_looks_like_a_length() -> None:
    path = "\\Device\\HarddiskVolume3\\a.exe"
    given = events(1, 2, app_path=[path, f"4:{path}"], host=["1:PC", "1:PC"])
    rows = beside(given, volumes={"1:PC": {"HarddiskVolume3": "C:"}, "PC": {}})
    assert [row["app"] for row in rows] == ["C:\\a.exe", f"4:{path}"]


@pytest.mark.parametrize("volumes", [
    {"HarddiskVolume3": 3}, {"": "C:"}, {7: "C:"}, {"PC1": {"HarddiskVolume3": 3}}, {"": {}},
    {7: {}}, {"PC1": {"HarddiskVolume3": {}}}])
def test_what_is_no_map_of_volumes(volumes: Any) -> None:
    with pytest.raises(ValueError, match="volumes: "):
        wfpfast.with_names(events(1), volumes=volumes)


def test_names_that_are_there_are_made_anew() -> None:
    once = wfpfast.with_names(events(70, 99), filters(FULL))
    again = wfpfast.with_names(once, filters(FULL | {"name": "Renamed"}))
    assert again.column_names == once.column_names
    assert again["rule_name"].to_pylist() == ["Renamed", None]
    assert wfpfast.with_names(once).equals(once)


def test_batches_streams_and_readers() -> None:
    def engine() -> Any:
        return wfpfast.Engine(wfpfast.Simulator(events=50, seed=3))

    with engine() as opened:
        mine = opened.filters()
        with opened.net_events(batch_size=20) as stream:
            whole = pa.table(stream)
        expected = wfpfast.with_names(whole, mine)
        with opened.net_events(batch_size=20) as stream:
            batches = [batch.with_names(mine) for batch in stream]
        with opened.net_events(batch_size=20) as stream:
            reader = stream.with_names(mine)
            assert isinstance(reader, pa.RecordBatchReader)
            read = reader.read_all()
            assert stream.stats["events"] == 50
        with opened.net_events(batch_size=20) as stream:
            assert wfpfast.with_names(stream, mine).read_all().equals(read)
    assert [type(batch) for batch in batches] == [pa.RecordBatch] * 3
    assert pa.Table.from_batches(batches).to_pylist() == expected.to_pylist() == read.to_pylist()
    assert set(expected["filter_known"].to_pylist()) == {"state"}
    assert wfpfast.with_names(
        pa.RecordBatchReader.from_batches(whole.schema, whole.to_batches()), mine,
    ).read_all().equals(read)
    assert wfpfast.with_names(whole.slice(0, 0), mine).schema.equals(read.schema)


def test_names_that_are_made_once_count() -> None:
    names = naming.names_of(filters(FULL))
    for ids in ((70, 99), (70, None)):
        wfpfast.with_names(events(*ids), names)
    assert names.counts == {"state": 2, "not known": 1}
    with pytest.raises(ValueError, match="host: these filters are Names"):
        wfpfast.with_names(events(70), names, host="pc1")


def test_codes_stay_what_they_are() -> None:
    names = naming.names_of(None)
    apps = [["a\\x", "a\\y"], ["a\\x", "a\\y", "b\\y", "a\\z"], ["a\\z", "a\\x"]]
    found = [
        wfpfast.with_names(pa.record_batch({"app_path": pa.array(each).dictionary_encode()}), names)
        for each in apps]
    assert [each["program"].to_pylist() for each in found] == [
        ["x", "y"], ["x", "y", "y", "z"], ["z", "x"]]
    assert [each["program"].indices.to_pylist() for each in found] == [
        [0, 1], [0, 1, 1, 2], [2, 0]]


def test_against_duckdb() -> None:
    duckdb = pytest.importorskip("duckdb")
    chance = random.Random(5)
    rules = filters(*(FULL | {"filter_id": n, "name": f"Rule {n % 40}", "filter_key": f"{{{n}}}"}
                      for n in range(100)))
    given = events(*(chance.choice([None, *range(150)]) for _ in range(2000)))
    found = wfpfast.with_names(given, rules).select(["filter_id", "rule_name", "rule_key"])
    assert found["rule_name"].null_count > 100
    joined = duckdb.sql(
        "select filter_id, name, filter_key from given left join rules using (filter_id)")
    assert sorted(map(str, joined.fetchall())) == sorted(
        str(tuple(row.values())) for row in found.to_pylist())


def test_what_cannot_be_joined() -> None:
    with pytest.raises(ValueError, match="events without the column filter_id"):
        wfpfast.with_names(pa.table({"local_port": [1]}), filters(FULL))
    with pytest.raises(ValueError, match="filters: a table without the column filter_id"):
        wfpfast.with_names(events(70), pa.table({"id": [1]}))


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(sys.modules):
        if name.startswith(("wfpfast.naming.names", "wfpfast.naming._", "pyarrow")):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with wfpfast.Engine(wfpfast.Simulator(events=1)) as engine, engine.net_events() as stream:
        (batch,) = stream
    for ask in (batch.with_names, stream.with_names, lambda: wfpfast.with_names(batch)):
        with pytest.raises(ImportError, match=r"pip install 'wfpfast\[arrow\]'"):
            ask()
