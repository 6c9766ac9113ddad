"""Scripts of other people's components that pages load when they first need one, not before anything is drawn."""

import importlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from dash import _dash_renderer
from dash.fingerprint import build_fingerprint

_SUITES: Final = "_dash-component-suites"
_LATE: Final[Mapping[str, str]] = {
    "dash_bootstrap_components": "_components/dash_bootstrap_components.min.js",
    "dash_ag_grid": "dash_ag_grid.min.js",
}
"""The script of each package that would otherwise be on every page; `assets/late.js` loads it."""
_NEVER: Final[Mapping[str, str]] = {"dash.dash_table": "dash_table/bundle.js"}
"""The script of each package that Dash puts on every page and no page uses."""
_OLD_BROWSERS: Final = "deps/polyfill@"
"""What Dash brings along for browsers in which the portal's own scripts would not run."""
_GRAPH: Final = "dash/dcc/async-graph.js"
_WHOLE_PLOTLY: Final = "plotly/package_data/plotly.min.js"


def hold_back() -> None:
    """Leave the scripts out of the document. Dash still answers their addresses. Call it before the first request."""
    for package, path in {**_LATE, **_NEVER}.items():
        for script in _module(package)._js_dist:  # noqa: SLF001 - where packages of components list their scripts
            if script["relative_package_path"] == path:
                script["dynamic"] = True
    for needed in _dash_renderer._js_dist_dependencies:  # noqa: SLF001 - where Dash lists what its renderer needs
        paths = needed["relative_package_path"]["prod"]
        paths[:] = [path for path in paths if not path.startswith(_OLD_BROWSERS)]


def urls(prefix: str) -> dict[str, str]:
    """Address of each script by its package, with a fingerprint so that it may be kept for good."""
    return {package: f"{prefix}{path}" for package, path in paths().items()}


def chart_urls(prefix: str, plotly_url: str | None) -> list[str]:
    """Addresses of what draws charts. `plotly_url` is the bundled build; None: the one that Dash ships."""
    return [plotly_url or f"{prefix}{_SUITES}/{_WHOLE_PLOTLY}", f"{prefix}{_SUITES}/{_GRAPH}"]


def paths() -> dict[str, str]:
    """Where each script is below the prefix."""
    found = {}
    for package, script in _LATE.items():
        module = _module(package)
        modified_s = int((Path(str(module.__file__)).parent / script).stat().st_mtime)
        name = build_fingerprint(script, module.__version__, modified_s)  # type: ignore[no-untyped-call]
        found[package] = f"{_SUITES}/{package}/{name}"
    return found


def _module(package: str) -> Any:
    return sys.modules.get(package) or importlib.import_module(package)
