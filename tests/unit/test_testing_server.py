"""The embedded server: what it is, what can be done to it, and that it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure
from server_scripts import HOLD_A_SERVER, Script, running_scripts

from mongoengine._testing import replica_set
from mongoengine.testing import MongodError, Server, local_mongod

PATIENCE_SECONDS = 60


@pytest.fixture(autouse=True)
def _own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start servers, also where the suite as a whole uses a running one."""
    monkeypatch.delenv("MONGOENGINE_TEST_URI", raising=False)


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """Have processes end by an interrupt, also where the suite itself ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="module")
def single() -> Iterator[Server]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MONGOENGINE_TEST_URI", raising=False)
        with local_mongod() as server:
            yield server


@pytest.fixture
def run_script() -> Iterator[Callable[[str], Script]]:
    with running_scripts() as run:
        yield run


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def start_and_stop(*args: Any, **wishes: Any) -> None:
    with local_mongod(*args, **wishes):
        pass


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def options(client: MongoClient) -> dict:
    return client.admin.command("getCmdLineOpts")["parsed"]


def folder_of(server: Server) -> Path:
    with MongoClient(server.uri) as client:
        return Path(options(client)["storage"]["dbPath"]).parent


# --- one member


def test_one_member_is_a_replica_set_that_takes_transactions(single):
    with MongoClient(single.uri) as client, client.start_session() as session:
        with session.start_transaction():
            client.shop.books.insert_one({"title": "Emma"}, session=session)
        assert client.shop.books.count_documents({"title": "Emma"}) == 1


def test_commands_for_tests_are_enabled(single):
    fail = {"failCommands": ["ping"], "errorCode": 2}
    with MongoClient(single.uri, retryReads=False) as client:
        client.admin.command(
            "configureFailPoint", "failCommand", mode={"times": 1}, data=fail
        )
        with pytest.raises(OperationFailure) as caught:
            client.admin.command("ping")
        assert caught.value.code == 2
        assert client.admin.command("ping")["ok"] == 1


def test_it_listens_on_loopback_alone(single):
    with MongoClient(single.uri) as client:
        assert options(client)["net"]["bindIp"] == "127.0.0.1"
    assert not Path(f"/tmp/mongodb-{single.nodes[0].port}.sock").exists()


def test_nodes_tell_pid_and_port(single):
    [node] = single.nodes
    with MongoClient("127.0.0.1", node.port, directConnection=True) as client:
        assert client.admin.command("serverStatus")["pid"] == node.pid
    assert single.primary is node
    assert node.address in single.uri


def test_dropping_a_database_waits_for_no_slow_journal(single):
    with MongoClient(single.uri) as client:
        opts = options(client)
    assert opts["storage"]["journal"]["commitIntervalMs"] <= 10


def test_the_folder_has_a_name_that_tells_whose_it_is(single):
    assert folder_of(single).name.startswith("mongoengine-mongod-")


# --- the end


def test_nothing_is_left_after_the_block():
    with local_mongod() as server:
        folder, pid = folder_of(server), server.nodes[0].pid
        assert folder.exists()
    assert not folder.exists()
    assert not runs(pid)


def test_nothing_is_left_after_an_exception():
    class OopsError(Exception):
        pass

    seen = []

    def fail() -> None:
        with local_mongod() as server:
            seen.extend([server.nodes[0].pid, folder_of(server)])
            raise OopsError

    with pytest.raises(OopsError):
        fail()
    pid, folder = seen
    assert not folder.exists()
    assert not runs(pid)


def test_no_child_and_no_thread_stays_behind(run_script):
    run_script("""
        import os, threading, time
        with local_mongod() as server:
            server.primary
        try:
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            print("no child")
        deadline = time.monotonic() + 60
        while threading.active_count() > 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        print(threading.active_count(), "thread")
    """).expect("no child", "1 thread").end()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_killed_parent(run_script, number):
    script = run_script(HOLD_A_SERVER)
    pid, folder = script.server()
    script.process.send_signal(number)
    script.process.wait(PATIENCE_SECONDS)
    wait_until(lambda: not runs(pid) and not folder.exists())


def test_a_fork_that_holds_the_pipe_keeps_nothing_alive(run_script):
    script = run_script("""
        import os, time
        with local_mongod() as server:
            if (child := os.fork()) == 0:
                time.sleep(600)
            announce(server)
            print(child, flush=True)
            time.sleep(600)
    """)
    pid, folder = script.server()
    child = int(script.line())
    script.process.kill()
    try:
        wait_until(lambda: not runs(pid) and not folder.exists())
        assert runs(child)
    finally:
        os.kill(child, signal.SIGKILL)
        script.process.wait()
        script.close()


def test_a_fork_that_leaves_the_block_ends_nothing(run_script):
    run_script("""
        import os
        from pymongo import MongoClient
        with local_mongod() as server:
            child = os.fork()
            if child:
                print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                print(server.nodes[0].alive)
    """).expect("0", "True").end()


def test_killing_the_group_of_the_parent_ends_the_server(run_script):
    script = run_script(HOLD_A_SERVER)
    pid, folder = script.server()
    os.killpg(script.process.pid, signal.SIGKILL)
    script.process.wait()
    wait_until(lambda: not runs(pid) and not folder.exists())


# --- several members


def test_three_members_survive_what_is_done_to_them():
    with local_mongod(members=3) as server:
        assert len({node.port for node in server.nodes}) == 3
        with MongoClient(server.uri) as client:
            assert len(client.admin.command("hello")["hosts"]) == 3
            client.shop.books.with_options(
                write_concern=client.write_concern.__class__(w=3)
            ).insert_one({})
        killed = server.primary
        killed.kill()
        assert not killed.alive
        paused = server.primary
        assert paused is not killed
        old_pid = killed.pid
        killed.restart()
        assert killed.alive
        assert killed.pid != old_pid
        wait_until(lambda: all_states(server) == ["PRIMARY", "SECONDARY", "SECONDARY"])
        paused = server.primary
        paused.pause()
        assert server.primary is not paused
        assert paused.alive
        paused.resume()
        with MongoClient(server.uri) as client:
            assert client.shop.books.count_documents({}) == 1


def all_states(server: Server) -> list[str]:
    with MongoClient(server.uri) as client:
        status = client.admin.command("replSetGetStatus")
    return sorted(member["stateStr"] for member in status["members"])


@pytest.mark.parametrize("members", [0, 8])
def test_a_replica_set_has_one_to_seven_members(members):
    with pytest.raises(ValueError, match=f"members is {members}, not 1 to 7"):
        start_and_stop(members)


# --- data that stays


def test_data_on_a_path_is_found_again(tmp_path):
    for run in range(2):
        with local_mongod(path=tmp_path) as server, MongoClient(server.uri) as client:
            assert client.shop.books.count_documents({}) == run
            client.shop.books.insert_one({})


def test_a_path_keeps_its_number_of_members(tmp_path):
    start_and_stop(path=tmp_path)
    with pytest.raises(MongodError, match=r"members=1, and members=3"):
        start_and_stop(members=3, path=tmp_path)
    with local_mongod(path=tmp_path) as server:
        assert server.primary


def test_a_path_serves_one_server_at_a_time(tmp_path):
    with local_mongod(path=tmp_path) as server:
        with pytest.raises(MongodError, match="DBPathInUse"):
            start_and_stop(path=tmp_path)
        assert server.primary


# --- ports, and starts that fail


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_the_port_can_be_chosen():
    [port] = replica_set._free_ports(1)
    with local_mongod(port=port) as server:
        assert server.nodes[0].port == port


def test_a_chosen_port_that_is_taken_is_an_error(taken_port):
    with pytest.raises(MongodError, match=rf"{taken_port}(.|\n)*[Aa]ddress already"):
        start_and_stop(port=taken_port)


def test_a_port_lost_on_the_way_is_replaced(taken_port, monkeypatch):
    free_ports = replica_set._free_ports
    offers = iter([[taken_port], [taken_port]])
    monkeypatch.setattr(
        replica_set, "_free_ports", lambda n: next(offers, None) or free_ports(n)
    )
    with local_mongod() as server, MongoClient(server.uri) as client:
        assert server.nodes[0].port != taken_port
        assert client.admin.command("ping")["ok"] == 1


def test_a_failed_start_shows_the_log_and_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with pytest.raises(MongodError, match="unrecognised option '--nonsense'"):
        start_and_stop(arguments=["--nonsense"])
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_cannot_run_is_an_error(monkeypatch, tmp_path):
    broken = tmp_path / "mongod"
    broken.write_bytes(b"\x7fELF nothing")
    broken.chmod(0o755)
    monkeypatch.setenv("MONGOENGINE_MONGOD", str(broken))
    with pytest.raises(MongodError, match="Exec format error"):
        start_and_stop()


# --- a running server


def test_a_running_server_is_used_as_it_is(single, monkeypatch):
    monkeypatch.setenv("MONGOENGINE_TEST_URI", single.uri)
    with local_mongod() as server:
        assert server.uri == single.uri
        assert server.nodes == ()
        with pytest.raises(MongodError, match="not ours"):
            _ = server.primary
    assert single.nodes[0].alive


@pytest.mark.parametrize("wish", [{"members": 3}, {"port": 1}, {"path": "/x"}])
def test_a_running_server_takes_no_wishes(monkeypatch, wish):
    monkeypatch.setenv("MONGOENGINE_TEST_URI", "mongodb://127.0.0.1")
    with pytest.raises(MongodError, match="MONGOENGINE_TEST_URI"):
        start_and_stop(**wish)


# --- the command


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_end(number, tmp_path):
    [port] = replica_set._free_ports(1)
    command = [sys.executable, "-W", "error", "-m", "mongoengine.testing"]
    with subprocess.Popen(
        [*command, "--members", "1", "--port", str(port), "--path", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        uri = process.stdout.readline().strip()
        with MongoClient(uri) as client:
            assert client.address == ("127.0.0.1", port)
            pid = client.admin.command("serverStatus")["pid"]
            assert options(client)["storage"]["dbPath"].startswith(str(tmp_path))
        process.send_signal(number)
        assert process.communicate(timeout=PATIENCE_SECONDS) == ("", "")
    assert process.returncode == 0
    assert not runs(pid)


def test_the_command_says_what_is_wrong(monkeypatch):
    monkeypatch.setenv("MONGOENGINE_MONGOD", "/nowhere/mongod")
    command = [sys.executable, "-m", "mongoengine.testing"]
    process = subprocess.run(command, capture_output=True, text=True)
    assert process.returncode == 1
    assert process.stderr.splitlines() == [
        "MONGOENGINE_MONGOD is '/nowhere/mongod', which is no executable file"
    ]
