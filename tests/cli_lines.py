"""Lines for batches that no batch can answer, each with the id that can still be read from it."""

from __future__ import annotations

import orjson


def good(name: str) -> bytes:
    """A line both `yizhan insurance` and `yizhan ask` answer."""
    line = {"id": name, "op": "retirement", "birth": "1972-09", "track": "male60", "question": "工伤怎么申请", "x": [1]}
    return orjson.dumps(line)


_LONG = b'{"id":"long","op":"retirement","track":"male60","birth":"' + b"9" * 10_000_000 + b'","question":7}'

HOSTILE: list[tuple[bytes, object]] = [
    (b"", None),
    (b"   ", None),
    (b"no json", None),
    (b"[]", None),
    (b"null", None),
    (b"5", None),
    (b"{}", None),
    (b'{"id":null}', None),
    (b'{"id":true}', None),
    (b'{"id":[1]}', None),
    (b'{"id":123456789012345678901234567890}', None),
    (b'{"id":NaN}', None),
    (b'{"id":1,"base":1e400}', None),
    (b"\xff\xfe\x00", None),
    (b'{"id":"\xff"}', None),
    (b'{"id":"\\ud800"}', None),
    (b"[" * 100_000, None),
    (good("a") + good("b"), None),
    (b'{"id":1}', 1),
    (b'{"id":1,"id":"last","op":5,"question":5}', "last"),
    (b'{"id":"","op":"nosuch","question":null}', ""),
    (b'{"id":2,"op":"retirement","birth":"19\\n72","track":"male60","question":[]}', 2),
    (b'{"id":3,"op":"pension","base":-1,"index":1,"months":180,"account":1,"age_months":720}', 3),
    (b'{"id":4,"op":"contribution","region":"320000","year":2025,"level":0.6,"question":{}}', 4),
    (_LONG, "long"),
]
