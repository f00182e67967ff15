"""A real server of ours for tests: as `make run` starts it, on a port of its own, in a process group of its own."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time

from cse_reports import install, trial

PATIENCE = 60  # seconds until it must answer; two cores may be busy with other tests


def build():
    """Put styles, script and static files in place, where they are not."""
    with install.alone():
        install.front_end()
        install.static_files()


class Server:
    """Serves one database. Killing its main process would leave its workers serving, so all of it is killed at once."""

    def __init__(self, log, **settings):
        self.log = log
        self.env = install.environment(DEMO="1", **settings)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.process = None

    def start(self):
        command = [install.PYTHON, *trial.SERVER, f"--port={self.port}", "cse_reports.wsgi:application"]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=install.ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )
        self._wait()
        return self

    def _wait(self):
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if trial.answer(self.port) < 500:
                    return
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"The server did not start:\n{self.log.read_text()}")

    def kill(self):
        """End it as a power cut would: no process of it has a moment left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
