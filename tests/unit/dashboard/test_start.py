"""What the portal has loaded when it is ready to be forked: nothing that only some of its processes ever need."""

import subprocess
import sys
from pathlib import Path

from opsportal.settings import alone

ROOT = Path(__file__).resolve().parents[3]
_BUILT = """
import sys
from dashboard.server import build
from opsportal.settings import load

build(load(env_file=None))
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def test_a_start_loads_no_library_of_sources_or_places(tmp_path: Path) -> None:
    """HTTP for whoever reads, Redis and AWS where they are set, frames for those who take a table away."""
    environment = alone(
        {
            "JIRA_BASE_URL": "http://127.0.0.1:9",
            "JIRA_EMAIL": "nobody@example.com",
            "JIRA_API_TOKEN": "made-up",
            "QUEUE_REGISTRY": str(ROOT / "demo" / "queue_registry.json"),
            "HISTORY_URL": f"sqlite:///{tmp_path / 'history.db'}",
            "CACHE_DIR": str(tmp_path),
        }
    )

    ended = subprocess.run(
        [sys.executable, "-c", _BUILT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    loaded = set(ended.stdout.split())
    assert {"dash", "flask", "numpy"} <= loaded, ended.stderr
    assert not loaded & {"boto3", "botocore", "pandas", "redis", "requests", "rich", "urllib3"}
