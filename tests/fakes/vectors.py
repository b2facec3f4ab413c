"""Message-crypto vectors published by Tencent; golden tests of any codec.

`WECOM_*`: developer.work.weixin.qq.com/document/path/90968 (receiver id = corp id; the address check is encrypted too).
`ACCOUNT_MESSAGE`: the sample that comes with Tencent's WXBizMsgCrypt for Official Accounts (receiver id = app id).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Vector:
    """One signed and encrypted text; `plain` is what it holds, or words that must occur in it (`whole` False)."""

    token: str
    receiver: str
    aes_key: str
    timestamp: str
    nonce: str
    signature: str
    encrypted: str
    plain: str
    whole: bool = True


_WECOM_TOKEN, _WECOM_ID = "QDG6eK", "wx5823bf96d3bd56c7"
_WECOM_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

WECOM_VERIFY = Vector(
    token=_WECOM_TOKEN,
    receiver=_WECOM_ID,
    aes_key=_WECOM_KEY,
    timestamp="1409659589",
    nonce="263014780",
    signature="5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    encrypted="P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
    plain="1616140317555161061",
)

WECOM_MESSAGE = Vector(
    token=_WECOM_TOKEN,
    receiver=_WECOM_ID,
    aes_key=_WECOM_KEY,
    timestamp="1409659813",
    nonce="1372623149",
    signature="477715d11cdb4164915debcba66cb864d751f3e6",
    encrypted=(
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
        "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
        "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
        "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
        "HBZZIs2pDBS8R07+qN+E7Q=="
    ),
    plain="<Content><![CDATA[hello]]></Content>",
    whole=False,
)

ACCOUNT_MESSAGE = Vector(
    token="spamtest",
    receiver="wx2c2769f8efd9abc2",
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    timestamp="1409735669",
    nonce="1320562132",
    signature="5d197aaffba7e9b25a30732f161a50dee96bd5fa",
    encrypted=(
        "hyzAe4OzmOMbd6TvGdIOO6uBmdJoD0Fk53REIHvxYtJlE2B655HuD0m8KUePWB3+LrPXo87wzQ1QLvbeUgmBM4x6F8PGHQHFVAFmOD2LdJF9FrXp"
        "bUAh0B5GIItb52sn896wVsMSHGuPE328HnRGBcrS7C41IzDWyWNlZkyyXwon8T332jisa+h6tEDYsVticbSnyU8dKOIbgU6ux5VTjg3yt+WGzjlp"
        "Kn6NPhRjpA912xMezR4kw6KWwMrCVKSVCZciVGCgavjIQ6X8tCOp3yZbGpy0VxpAe+77TszTfRd5RJSVO/HTnifJpXgCSUdUue1v6h0EIBYYI1BD"
        "1DlD+C0CR8e6OewpusjZ4uBl9FyJvnhvQl+q5rv1ixrcpCumEPo5MJSgM9ehVsNPfUM669WuMyVWQLCzpu9GhglF2PE="
    ),
    plain="<Content><![CDATA[abcdteT]]></Content>",
    whole=False,
)

VECTORS = (WECOM_VERIFY, WECOM_MESSAGE, ACCOUNT_MESSAGE)
