"""The start of the portal out of its image, against the least that any Dash application there has to load.

Both sides are started from the same files in the same way, and in turn: Gunicorn with two workers that share what the
master has loaded. What counts is the time until an answer says that it may serve.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import requests

from tests.bench.measuring import Line
from tests.fakes.served_portal import free_port
from tests.infra.contained import Place
from tests.infra.image import Image, built, context_of

ROUNDS: Final = 5
GOAL: Final = 2.0
LARGEST_MB: Final = 600.0
_LOOK_EVERY_S: Final = 0.005
_GIVE_UP_S: Final = 120.0
_BARE: Final = """
import dash

app = dash.Dash("bare")
app.layout = dash.html.Div()
server = app.server
"""
_GUNICORN: Final = (
    *("gunicorn", "--preload", "--workers", "2", "--threads", "4", "--no-control-socket"),
    *("--worker-tmp-dir", "/dev/shm", "--pythonpath", "/tmp"),  # noqa: S108 - of the container
)


def lines() -> Iterator[Line]:
    """Start to ready as a multiple of the bare one, and the size of the files.

    Raises:
        BuildFailed: the image cannot be built here.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with built(folder / "built", context_of(folder / "context")) as image:
            yield _start(image, Place(image.root, folder / "place"))
            size_mb = image.size_bytes / 1e6
            yield Line("size of the image's files", size_mb, LARGEST_MB, False, "MB", f"{len(image.layers) - 1} layers")


def _start(image: Image, place: Place) -> Line:
    place.command(())  # makes its folders
    (place.temporary / "bare.py").write_text(_BARE, encoding="utf-8")
    settings = {
        "JIRA_BASE_URL": "http://127.0.0.1:9",  # nobody there: what is read later is no part of the start
        "JIRA_EMAIL": "nobody@example.com",
        "JIRA_API_TOKEN": "made-up",
        "QUEUE_REGISTRY": "/app/demo/queue_registry.json",
        "HISTORY_URL": "sqlite:////tmp/history.db",
        "CACHE_DIR": "/tmp/opsportal",  # noqa: S108 - of the container
    }
    ours_s = bare_s = float("inf")
    for _ in range(ROUNDS):
        bare_port, port = free_port(), free_port()
        bare = [*_GUNICORN, "--bind", f"127.0.0.1:{bare_port}", "bare:server"]
        bare_s = min(bare_s, _seconds(place, bare, image.environment, bare_port))
        ours = {**image.environment, **settings, "PORT": str(port)}
        ours_s = min(ours_s, _seconds(place, image.config["Cmd"], ours, port))
    detail = f"{1e3 * ours_s:.0f} ms against {1e3 * bare_s:.0f} ms of `import dash` and Gunicorn alone"
    return Line("image: start to ready ÷ bare Dash", ours_s / bare_s, GOAL, False, "", detail)


def _seconds(place: Place, words: Sequence[str], environment: Mapping[str, str], port: int) -> float:
    began = time.perf_counter()
    with place.running(words, environment) as process:
        while True:
            try:
                if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == requests.codes.ok:
                    return time.perf_counter() - began
            except requests.ConnectionError:
                pass
            if process.process.poll() is not None or time.perf_counter() - began > _GIVE_UP_S:
                raise RuntimeError(f"{' '.join(words)} did not get ready:\n{process.log}")
            time.sleep(_LOOK_EVERY_S)
