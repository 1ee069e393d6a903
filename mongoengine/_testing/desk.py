"""Share one test server between the workers of pytest-xdist.

The controller outlives its workers, so it owns the server. It cannot know whether a
test will need one: it opens a desk, a loopback port, and starts the server when the
first worker asks there.
"""

import json
import socket
import threading
from contextlib import ExitStack, suppress

from mongoengine._testing.binary import MongodError

_HOST = "127.0.0.1"


class Desk:
    """Answers workers that ask for the URI of the server."""

    def __init__(self) -> None:
        self._closed = False
        self._listener = socket.create_server((_HOST, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the desk and end the server."""
        self._closed = True
        socket.create_connection((_HOST, self.port)).close()
        self._thread.join()

    def _serve(self) -> None:
        answer = b""
        with self._listener, ExitStack() as server:
            while True:
                connection, _ = self._listener.accept()
                with connection, suppress(ConnectionError):  # a worker that gave up
                    if self._closed:
                        return
                    answer = answer or _start(server)
                    connection.sendall(answer)


def _start(stack: ExitStack) -> bytes:
    from mongoengine.testing import local_mongod

    try:
        uri = stack.enter_context(local_mongod()).uri
    except MongodError as error:
        return json.dumps([None, str(error)]).encode()
    except Exception as error:  # which the workers shall tell, not this thread
        return json.dumps([None, f"{type(error).__name__}: {error}"]).encode()
    return json.dumps([uri, None]).encode()


def ask(port: int) -> str:
    """Ask the desk of the controller for the URI of the server."""
    with socket.create_connection((_HOST, port)) as desk, desk.makefile() as answer:
        uri, error = json.load(answer)
    if error is not None:
        raise MongodError(error)
    return str(uri)
