"""What the web chat does not take: each with a status of its own and one clear sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.channels.web import Web
from bot.channels.web.languages import preferred
from bot.channels.web.limits import A_SECOND, BURST
from bot.channels.web.pace import Pace
from bot.filetypes import picture_type
from bot.settings import Settings
from bot.store.tables import receipts
from tests.fakes.bell import PATIENCE
from tests.support import TestClock
from tests.web_talk import Browser, in_process, picture

MB = 1024 * 1024


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is refused never reaches the database: one kind will do."""
    return sqlite_url


async def stored(bot: Service) -> int:
    async with bot.store.read() as unit:
        return int(await unit.value(sa.select(sa.func.count()).select_from(receipts)))


BAD = {
    "no JSON": b"hello",
    "no object": b"[1]",
    "cut off": b'{"key": "1", "text": "a',
    "nested without end": b"[" * 2000,
    "half a character": b'{"key": "1", "text": "\\ud800"}',
    "not UTF-8": b'{"key": "1", "text": "\xff"}',
    "no key": b'{"text": "a"}',
    "empty key": b'{"key": "", "text": "a"}',
    "long key": b'{"key": "' + b"k" * 101 + b'", "text": "a"}',
    "key is no string": b'{"key": 1, "text": "a"}',
    "text is no string": b'{"key": "1", "text": ["a"]}',
    "text is null": b'{"key": "1", "text": null}',
    "nothing said": b'{"key": "1"}',
    "only spaces": b'{"key": "1", "text": "  "}',
    "both": b'{"key": "1", "text": "a", "choice": "b"}',
    "a web form": b"key=1&text=a",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_bad_json_gets_400_and_one_sentence(rider: Browser, bot: Service, body: bytes) -> None:
    response = await rider.client.post("/chat/messages", content=body)
    assert response.status_code == 400
    [sentence] = response.json().values()
    assert sentence.endswith("。")
    assert len(sentence) <= 60
    assert await stored(bot) == 0


async def test_the_sentence_is_in_the_browsers_language(somebody: Callable[..., Browser]) -> None:
    response = await somebody(**{"Accept-Language": "en"}).post(key="1", text="")
    assert response.json() == {"error": "There is nothing in it. Please write something."}
    response = await somebody(**{"Accept-Language": "fr"}).post(key="1", text="")
    assert response.json() == {"error": "内容是空的，请写点什么再发。"}


@pytest.mark.parametrize("key", ["k", "k" * 100, "键" * 100])
async def test_keys_up_to_their_limit_are_taken(rider: Browser, key: str) -> None:
    assert await rider.say("hello", key=key) == "you said hello"


async def test_json_up_to_64_kib_is_taken_and_more_is_not(rider: Browser) -> None:
    frame = len('{"key":"1","text":""}')
    fits, too_much = ('{"key":"1","text":"%s"}' % ("a" * (64 * 1024 - frame + more)) for more in (0, 1))
    assert (await rider.client.post("/chat/messages", content=too_much)).status_code == 413
    assert (await rider.client.post("/chat/messages", content=fits)).status_code == 200


async def test_a_body_without_a_length_is_counted(server: str) -> None:
    async def endless() -> object:
        for _ in range(100):
            yield b" " * 4096

    async with httpx.AsyncClient(base_url=server) as client:
        response = await client.post("/chat/messages", content=endless())  # type: ignore[arg-type]
    assert response.status_code == 413
    assert response.json() == {"error": "太长了，请分几次发。"}


async def test_a_large_photo_is_refused_and_the_browser_hears_it(server: str, bot: Service) -> None:
    huge = picture() + bytes(10 * MB)
    async with httpx.AsyncClient(base_url=server) as client:
        response = await Browser(client).upload(picture(), huge)
        assert response.status_code == 413
        assert response.json() == {"error": "这张图片超过 10 MB，请换一张小的。"}
        assert (await Browser(client).upload(picture() + bytes(10 * MB - 2000))).status_code == 200
    assert len(list(bot.blobs.folder.glob("*/*.sealed"))) == 1


async def raw(server: str, head: str, body: bytes = b"") -> bytes:
    """What a client hears that sends all it has before it listens."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.rsplit(":", 1)[1]))
    writer.write(f"POST /chat/messages HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
    async with asyncio.timeout(PATIENCE):
        await writer.drain()
        answer = await reader.readuntil(b"\r\n")
    writer.close()
    return answer.strip()


async def test_who_sends_all_before_listening_hears_the_refusal_not_a_reset(server: str) -> None:
    body = b" " * (12 * MB)
    assert await raw(server, f"Content-Length: {len(body)}", body) == b"HTTP/1.1 413 Request Entity Too Large"


@pytest.mark.parametrize("head", ["Content-Length: 70000\r\nExpect: 100-continue", "Content-Length: 9000000000"])
async def test_what_says_it_is_too_large_is_refused_before_it_is_sent(server: str, head: str) -> None:
    assert await raw(server, head) == b"HTTP/1.1 413 Request Entity Too Large"


async def test_nine_photos_are_taken_and_ten_are_not(rider: Browser, bot: Service) -> None:
    photos = [picture(size=size) for size in range(1, 11)]
    response = await rider.upload(*photos)
    assert (response.status_code, response.json()) == (400, {"error": "一次最多 9 张图片。"})
    assert list(bot.blobs.folder.glob("*/*.sealed")) == []
    assert (await rider.upload(*photos[:9])).status_code == 200


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", b"MZ\x90", b"RIFF1234AVI "],
)
async def test_a_file_that_is_no_picture_is_refused_whatever_it_is_called(
    rider: Browser, bot: Service, content: bytes
) -> None:
    response = await rider.upload(picture(), content)
    assert (response.status_code, response.json()) == (400, {"error": "这种文件收不了。可以发图片、PDF 或语音。"})
    assert list(bot.blobs.folder.glob("*/*.sealed")) == []
    assert await stored(bot) == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
async def test_real_pictures_are_known_by_their_content(kind: str) -> None:
    assert picture_type(picture(kind=kind)) == f"image/{kind.lower()}"


def test_a_telephones_own_format_is_known() -> None:
    assert picture_type(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic") == "image/heic"
    assert picture_type(b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom") == ""


FORM = "multipart/form-data; boundary=b"
PART = '--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
BAD_FORMS = {
    "no boundary": ("multipart/form-data", b"--b--\r\n"),
    "long boundary": (f"multipart/form-data; boundary={'b' * 300}", b""),
    "empty": (FORM, b""),
    "another boundary": (FORM, b"--c\r\n\r\n--c--\r\n"),
    "cut off": (FORM, (PART % ("key", "", "1")).encode()),
    "no key": (FORM, (PART % ("text", "", "a")).encode() + b"--b--\r\n"),
    "nothing said": (FORM, (PART % ("key", "", "1")).encode() + b"--b--\r\n"),
    "not UTF-8": (FORM, (PART % ("key", "", "1") + PART % ("text", "", "\xff")).encode("latin-1") + b"--b--\r\n"),
    "no photo chosen": (
        FORM,
        (PART % ("key", "", "1") + PART % ("photo", '; filename=""', "")).encode() + b"--b--\r\n",
    ),
}


@pytest.mark.parametrize(("kind", "body"), BAD_FORMS.values(), ids=BAD_FORMS)
async def test_bad_forms_get_400(rider: Browser, bot: Service, kind: str, body: bytes) -> None:
    response = await rider.client.post("/chat/messages", content=body, headers={"Content-Type": kind})
    assert response.status_code == 400, response.text
    assert response.json()["error"].endswith("。")
    assert await stored(bot) == 0


async def test_long_words_in_a_form_are_refused(rider: Browser) -> None:
    response = await rider.upload(picture(), text="a" * (64 * 1024 + 1))
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://chat.test", 200),
        ("https://chat.test", 200),  # TLS ends at a proxy
        ("http://chat.test:8080", 403),
        ("http://evil.test", 403),
        ("http://chat.test.evil.test", 403),
        ("null", 403),
        ("", 403),
        ("file://", 403),
        ("http://[", 403),
        ("http://chat.test:x", 403),
    ],
)
async def test_another_sites_page_is_refused(rider: Browser, origin: str | None, status: int) -> None:
    headers = {} if origin is None else {"Origin": origin}
    for path in ("/chat/history", "/chat/messages"):
        method = "POST" if path.endswith("messages") else "GET"
        response = await rider.client.request(method, path, json={"key": "1", "text": "hello"}, headers=headers)
        assert response.status_code == status
        assert status == 200 or "set-cookie" not in response.headers
    if status == 403:
        assert response.json() == {"error": "请在我们自己的页面里发消息。"}


async def test_the_public_address_is_our_own_behind_a_proxy(
    make_settings: Callable[..., Settings], clock: TestClock
) -> None:
    settings = make_settings(public_url="https://chat.example.org")
    async with Service(settings, clock).running(courier=False) as service:
        browser = in_process(service)
        said = {"key": "1", "text": "hello"}
        for origin, status in (
            ("https://chat.example.org", 200),
            ("https://chat.example.org:443", 200),
            ("http://chat.example.org", 403),
        ):
            response = await browser.client.post("/chat/messages", json=said, headers={"Origin": origin})
            assert response.status_code == status, origin


async def test_who_sends_too_fast_waits_and_others_do_not(
    rider: Browser, somebody: Callable[..., Browser], bot: Service
) -> None:
    now = [100.0]
    web = bot.channels["web"]
    assert isinstance(web, Web)
    web.pace = Pace(lambda: now[0])
    await rider.say("hello")
    for number in range(BURST - 1):
        assert (await rider.post(key=str(number), text="hello")).status_code == 200
    response = await rider.post(key="one more", text="hello")
    assert (response.status_code, response.json()) == (429, {"error": "发得太快了，请等几秒再发。"})
    assert response.headers["retry-after"] == "1"
    assert await stored(bot) == BURST
    assert await somebody().say("hello") == "you said hello"
    now[0] += BURST / A_SECOND
    for number in range(BURST):
        assert (await rider.post(key=f"later {number}", text="hello")).status_code == 200
    assert (await rider.post(key="last", text="hello")).status_code == 429


def test_the_pace_forgets_who_is_gone() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    for number in range(10_000):
        pace.wait(f"person {number}")
    now[0] = BURST / A_SECOND + 1
    pace.wait("one more")
    assert len(pace._buckets) == 1


async def test_refusals_are_counted(rider: Browser, bot: Service) -> None:
    await rider.post(key="1", text="")
    assert b'yizhan_refused_total{channel="web",reason="empty"} 1.0' in bot.metrics.text()


@pytest.mark.parametrize("before", ["x", "1", "-", "ffffffffffffffffffff-1", "1-ffffffffffffffffffff", "1--1"])
async def test_a_cursor_we_did_not_give_is_refused(rider: Browser, before: str) -> None:
    response = await rider.client.get("/chat/history", params={"before": before})
    assert (response.status_code, list(response.json())) == (400, ["error"])


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "zh_CN"),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("en-US,zh;q=0.9", "en"),
        ("en;q=0.1, zh;q=0.2", "zh_CN"),
        ("fr,en;q=0.5", "en"),
        ("fr", "zh_CN"),
        ("en;q=x", "zh_CN"),
        ("en;q=0", "zh_CN"),
        (";;,,=", "zh_CN"),
    ],
)
def test_the_language_a_browser_asks_for(accept: str, language: str) -> None:
    assert preferred(accept) == language
