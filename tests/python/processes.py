"""The two programs that the tests run: the scripted upstream and renlayer in front of it."""

import base64
import json
import os
import pathlib
import socket
import subprocess
import time
import urllib.request

PATIENCE = 20  # seconds for whatever should happen at all


def binary(variable: str, name: str) -> str:
    """The program named by the environment, or the one that cargo built."""
    root = pathlib.Path(__file__).resolve().parents[2]
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", root / "target"))
    path = pathlib.Path(os.environ.get(variable, target / "debug" / name))
    assert path.exists(), f"{path} is missing: `cargo xtask test python` builds it first"
    return str(path)


class Upstream:
    """`mock-upstream`: answers as the providers do, in the words that a test scripts."""

    def __init__(self):
        command = [binary("RENLAYER_TEST_UPSTREAM_BIN", "mock-upstream")]
        # It ends when its standard input does, so it cannot outlive us.
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def play(self, *parts, **script):
        """From now on, every answer has these parts."""
        if parts:
            script["choices"] = [list(parts)]
        self._control("PUT", "/__script", script)

    def release(self, chunks: int):
        """Lets so many more chunks of a gated answer go."""
        self._control("POST", "/__release", chunks)

    def requests(self) -> list[dict]:
        return self._control("GET", "/__requests")

    def reset(self):
        self._control("PUT", "/__script", [])
        self._control("DELETE", "/__requests")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)

    def _control(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.load(answer)


def text(*fragments: str) -> dict:
    return {"text": list(fragments)}


def thinking(*fragments: str) -> dict:
    return {"thinking": list(fragments)}


def tool(name: str, *arguments: str) -> dict:
    return {"tool": {"name": name, "arguments": list(arguments)}}


def in_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Renlayer:
    """`renlayer serve` on a free port, with a configuration of the test's."""

    def __init__(self, home: pathlib.Path, config: str, env: dict[str, str]):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.home = home
        # Nothing of our own surroundings in its settings.
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("RENLAYER_")} | env
        self.log = home / "renlayer.log"
        path = home / "renlayer.yaml"
        path.write_text(f'listen: 127.0.0.1:{port}\ndatabase: "sqlite://{home}/renlayer.db"\n{config}')
        self.command = binary("RENLAYER_TEST_BIN", "renlayer")
        self.process = subprocess.Popen(
            [self.command, "serve", "--config", str(path)],
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            env=self.env,
            cwd=home,
        )
        self._wait_until_ready()

    def _wait_until_ready(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with urllib.request.urlopen(self.url + "/_/health/ready", timeout=1):
                    return
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"renlayer did not become ready:\n{self.log.read_text()}")

    def trace(self, trace_id: str) -> dict:
        """The record of an action; it is written a moment after the answer."""
        end = time.monotonic() + PATIENCE
        while True:
            run = self.run("trace", "show", trace_id, "--json")
            if run.returncode == 0:
                return json.loads(run.stdout)
            assert time.monotonic() < end, f"no trace {trace_id}: {run.stderr}\n{self.log.read_text()}"
            time.sleep(0.05)

    def run(self, *arguments: str) -> subprocess.CompletedProcess:
        """Another command with the same configuration."""
        command = [self.command, *arguments, "--config", str(self.home / "renlayer.yaml")]
        return subprocess.run(command, capture_output=True, text=True, env=self.env, cwd=self.home, timeout=PATIENCE)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
