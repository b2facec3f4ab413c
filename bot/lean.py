"""Keeps libraries from importing what we never use. Imported before them; measured: 25 MB and 0.2 s of a start.

structlog's development renderer wants rich for tracebacks we do not render; httpx's own command line wants rich and
pygments. Both take an ImportError for "not installed".
"""

from __future__ import annotations

import sys

_rich = sys.modules.get("rich")
sys.modules["rich"] = None  # type: ignore[assignment]
try:
    import structlog
finally:
    del sys.modules["rich"]
    if _rich is not None:
        sys.modules["rich"] = _rich

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

__all__ = ["structlog"]
