"""The fixtures of the pytest plugin, in pytest runs of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from mongoengine._testing.desk import Desk, ask
from mongoengine.testing import MongodError

pytest_plugins = ["pytester"]

CONFIGURATION = """
[pytest]
asyncio_mode = {mode}
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run tests given as source, and with warnings as errors, in a process."""
    monkeypatch.delenv("MONGOENGINE_TEST_URI", raising=False)
    # Of the outer run: the inner one is no worker of its controller.
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_TESTRUNUID", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)

    def run(code: str, *options: str, mode: str = "auto") -> pytest.RunResult:
        pytester.makeini(CONFIGURATION.format(mode=mode))
        pytester.makepyfile(code)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)

    return run


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch, mongo_uri: str, run: Run) -> str:
    """Spare the inner run the start of a server."""
    monkeypatch.setenv("MONGOENGINE_TEST_URI", mongo_uri)
    return mongo_uri


def databases(uri: str) -> set[str]:
    with MongoClient(uri) as client:
        return set(client.list_database_names())


def answers(uri: str) -> bool:
    try:
        with MongoClient(uri, serverSelectionTimeoutMS=200) as client:
            client.admin.command("ping")
    except PyMongoError:
        return False
    return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_each_test_has_a_database_of_its_own(run, shared):
    result = run("""
        import pytest
        from mongoengine.connection import get_connection, get_db, get_async_db

        names = []

        def test_sync(mongo_db):
            assert get_db() == mongo_db
            mongo_db.books.insert_one({"title": "Emma"})
            names.append(mongo_db.name)

        def test_sync_again(mongo_db):
            assert mongo_db.list_collection_names() == []
            assert mongo_db.name not in names
            found = mongo_db.client.list_database_names()
            assert not set(names) & set(found)

        async def test_async(async_mongo_db):
            assert get_async_db() == async_mongo_db
            await async_mongo_db.books.insert_one({"title": "Emma"})
            names.append(async_mongo_db.name)

        async def test_async_again(async_mongo_db):
            assert await async_mongo_db.list_collection_names() == []
            found = await async_mongo_db.client.list_database_names()
            assert not set(names) & set(found)

        async def test_both(mongo_db, async_mongo_db):
            mongo_db.books.insert_one({"title": "Emma"})
            assert await async_mongo_db.books.count_documents({}) == 1
            assert get_db().name == get_async_db().name

        async def test_both_the_other_way_round(async_mongo_db, mongo_db):
            await async_mongo_db.books.insert_one({"title": "Emma"})
            assert mongo_db.books.count_documents({}) == 1
    """)
    result.assert_outcomes(passed=6)


def test_nothing_stays_behind_whatever_the_test_does(run, shared, pytester):
    result = run("""
        import pytest
        from mongoengine import connection
        from mongoengine.connection import ConnectionFailure

        @pytest.fixture
        def clean():
            yield
            for get in (connection.get_db, connection.get_connection):
                for alias in ("default", "other"):
                    with pytest.raises(ConnectionFailure):
                        get(alias)

        @pytest.fixture(autouse=True)
        def named(clean, _mongo_name):
            with open("names", "a") as names:
                print(_mongo_name, file=names)

        def test_failing(clean, mongo_db):
            mongo_db.books.insert_one({})
            raise AssertionError("on purpose")

        async def test_failing_async(clean, mongo_db, async_mongo_db):
            await async_mongo_db.books.insert_one({})
            raise AssertionError("on purpose")

        def test_disconnecting(clean, mongo_db):
            mongo_db.books.insert_one({})
            connection.disconnect()

        async def test_disconnecting_async(clean, mongo_db, async_mongo_db):
            await async_mongo_db.books.insert_one({})
            await connection.disconnect_async()
            connection.disconnect()

        async def test_connecting_more(clean, mongo_uri, async_mongo_db):
            connection.connect("other", alias="other", host=mongo_uri,
                               uuidRepresentation="standard")
            await connection.connect_async("third", alias="third", host=mongo_uri,
                                           uuidRepresentation="standard")

        async def test_connecting_async_and_leaving_it(clean, mongo_uri, mongo_db):
            mongo_db.books.insert_one({})
            await connection.connect_async(mongo_db.name, host=mongo_uri,
                                           uuidRepresentation="standard")

        def test_next(mongo_db):
            assert mongo_db.list_collection_names() == []
    """)
    result.assert_outcomes(passed=5, failed=2)
    result.stdout.no_fnmatch_line("*Warning*")
    names = (pytester.path / "names").read_text().split()
    assert len(names) == 7
    assert databases(shared).isdisjoint(names)  # other tests have theirs there


def test_what_an_application_connected_at_import_is_replaced(run, shared):
    result = run("""
        from mongoengine.connection import connect, get_db

        connect("production", host="mongodb://127.0.0.1:1", connect=False,
                uuidRepresentation="standard")

        def test_sync(mongo_db):
            assert get_db().name == mongo_db.name != "production"

        async def test_async(async_mongo_db):
            assert await async_mongo_db.list_collection_names() == []
    """)
    result.assert_outcomes(passed=2)


def test_threads_do_not_pile_up(run, shared):
    result = run("""
        import threading, time
        import pytest

        def settled():
            deadline = time.monotonic() + 30
            while threading.active_count() > most[0] and time.monotonic() < deadline:
                time.sleep(0.01)
            return threading.active_count()

        most = []

        @pytest.mark.parametrize("n", range(20))
        async def test_many(mongo_db, async_mongo_db, n):
            most or most.append(threading.active_count())

        def test_count():
            assert settled() <= most[0]
    """)
    result.assert_outcomes(passed=21)


def test_an_empty_test_pays_little(run, shared):
    """It pays for a few connections at most, not for a database dropped slowly."""
    result = run("""
        import time
        import pytest
        from pymongo import MongoClient

        @pytest.mark.parametrize("n", range(30))
        def test_sync(mongo_db, n):
            sync.append(time.perf_counter())

        @pytest.mark.parametrize("n", range(30))
        async def test_async(async_mongo_db, n):
            asynchronous.append(time.perf_counter())

        @pytest.mark.parametrize("n", range(30))
        def test_connecting_alone(mongo_uri, n):
            with MongoClient(mongo_uri) as client:
                client.admin.command("ping")
            alone.append(time.perf_counter())

        def test_cost():
            assert best(sync) < 5 * best(alone)
            assert best(asynchronous) < 10 * best(alone)

        def best(times):
            return min(after - before for before, after in zip(times, times[1:]))

        sync, asynchronous, alone = [], [], []
    """)
    result.assert_outcomes(passed=91)


@pytest.mark.parametrize("mode", ["auto", "strict"])
def test_both_modes_of_pytest_asyncio_work(run, shared, mode):
    result = run(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_async(async_mongo_db):
            await async_mongo_db.books.insert_one({})
    """,
        mode=mode,
    )
    result.assert_outcomes(passed=1)


# --- the server of a run


WRITE_URI = """
    import os, pytest

    @pytest.mark.parametrize("n", range(6))
    def test_uri(mongo_uri, mongo_db, n):
        mongo_db.books.insert_one({})
        with open(f"uri{n}.txt", "w") as file:
            file.write(mongo_uri)
"""


def test_a_plain_run_has_a_server_of_its_own(run, pytester):
    code = (
        "def test(mongo_server): print('uri', mongo_server.primary, mongo_server.uri)"
    )
    result = run(code, "-s", "-p", "no:xdist")
    result.assert_outcomes(passed=1)
    [line] = [line for line in result.outlines if "uri <Node" in line]
    assert not answers(line.split()[-1].rstrip("."))


def test_the_workers_of_xdist_share_one_server(run, pytester):
    result = run(WRITE_URI, "-n", "2")
    result.assert_outcomes(passed=6)
    [uri] = {(pytester.path / f"uri{n}.txt").read_text() for n in range(6)}
    assert not answers(uri)


def test_a_killed_controller_takes_the_shared_server_along(run, pytester):
    pytester.makepyfile("""
        import time
        def test_slow(mongo_uri):
            with open("uri.txt.part", "w") as file:
                file.write(mongo_uri)
            import os
            os.rename("uri.txt.part", "uri.txt")
            time.sleep(600)
    """)
    written = pytester.path / "uri.txt"
    command = [sys.executable, "-m", "pytest", "-n", "1", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=pytester.path
    ) as process:
        wait_until(written.exists)
        uri = written.read_text()
        assert answers(uri)
        os.kill(process.pid, signal.SIGKILL)
    wait_until(lambda: not answers(uri))


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_run_that_needs_no_server_starts_none(run, monkeypatch, options):
    monkeypatch.setenv("MONGOENGINE_MONGOD", "/nowhere/mongod")
    run("def test(): pass", *options).assert_outcomes(passed=1)


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_server_that_cannot_start_is_an_error(run, monkeypatch, options):
    monkeypatch.setenv("MONGOENGINE_MONGOD", "/nowhere/mongod")
    result = run("def test(mongo_db): pass", *options)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*MONGOENGINE_MONGOD is '/nowhere/mongod'*")


# --- what may be missing


def test_without_pytest_asyncio_the_sync_fixtures_work(run, shared):
    result = run("def test(mongo_db): mongo_db.books.insert_one({})", *_WITHOUT_ASYNCIO)
    result.assert_outcomes(passed=1)


def test_without_pytest_asyncio_the_error_says_what_to_install(run, shared):
    result = run("def test(async_mongo_db): pass", *_WITHOUT_ASYNCIO)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines("*pip install pytest-asyncio*")


@pytest.fixture(autouse=True)
def _blocker(
    request: pytest.FixtureRequest,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hide pytest-asyncio from tests that are named for its absence."""
    if "without_pytest_asyncio" in request.node.name:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        pytester.makepyfile(blocker="import sys; sys.modules['pytest_asyncio'] = None")
        pytester.syspathinsert()


_WITHOUT_ASYNCIO = [
    *("-p", "blocker", "-p", "mongoengine.pytest_plugin"),
    *("-o", "asyncio_mode=", "-W", "ignore::pytest.PytestConfigWarning"),
]


def test_loading_the_plugin_loads_no_server_code():
    code = "import mongoengine.pytest_plugin, sys; print('mongoengine.testing' in sys.modules)"
    output = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert output == "False\n"


def test_the_desk_tells_of_any_error(monkeypatch):
    def broken():
        raise OSError("no room")

    monkeypatch.setattr("mongoengine.testing.local_mongod", broken)
    desk = Desk()
    for _ in range(2):
        with pytest.raises(MongodError, match="OSError: no room"):
            ask(desk.port)
    desk.close()
