"""Keeps libraries from importing what we never use. Imported before them; measured: 33 MB and 0.3 s of a start.

structlog's development renderer wants rich for tracebacks we do not render; httpx's own command line wants rich and
pygments, and so do the error pages of Mako, which Alembic brings. All take an ImportError for "not installed".
wechatpy's client wants requests.
"""

from __future__ import annotations

import importlib.util
import sys
import types

_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]
try:
    import structlog
finally:
    del sys.modules["rich"]
    if _rich is not None:
        sys.modules["rich"] = _rich

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
sys.modules.setdefault("mako.ext.pygmentplugin", None)  # type: ignore[arg-type]


def without_init(name: str) -> None:
    """Make a package's modules importable without running its __init__, which would import what we never use."""
    spec = importlib.util.find_spec(name) if name not in sys.modules else None
    if spec is not None and spec.submodule_search_locations:
        package = types.ModuleType(name)
        package.__path__ = list(spec.submodule_search_locations)
        package.__spec__ = spec
        sys.modules[name] = package


without_init("wechatpy")  # its client wants requests; ours is httpx
without_init("sqlalchemy.ext.asyncio")  # its sessions want the ORM; we use Core, and import `.engine`

__all__ = ["structlog", "without_init"]
