"""The wall around callbacks, with Tencent's own vectors; whatever comes, it opens or it is a `BadCallback`."""

import time
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.codec import BadCallback, Codec, Opened, signature, text_reply
from bot.channels.wechat.crypto import Crypto
from bot.channels.wechat.incoming import to_incoming
from bot.messages import Event
from bot.settings import BadSettings
from tests.fakes.vectors import VECTORS, WECOM_MESSAGE, WECOM_VERIFY, Vector
from tests.fakes.wechat_crypto import Crypto as Theirs

AES_KEY, OLD_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", WECOM_MESSAGE.aes_key
APP, TOKEN = "wx0123456789abcdef", "fakewechattoken"
NOW = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
TEXT = (
    "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[oRider]]></FromUserName>"
    f"<CreateTime>{STAMP}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>"
    "<MsgId>24123456789012345</MsgId></xml>"
)


def sealed(xml: str, key: str = AES_KEY, app: str = APP, token: str = TOKEN) -> tuple[bytes, dict[str, str]]:
    """The body and query of an encrypted callback, by the fake's own crypto."""
    theirs = Theirs(token, key, app)
    encrypted = theirs.encrypt(xml.encode())
    return wrapped(encrypted, token)


def wrapped(encrypted: str, token: str = TOKEN) -> tuple[bytes, dict[str, str]]:
    """Anything at all as cipher text, well signed."""
    query = {"timestamp": STAMP, "nonce": "42", "encrypt_type": "aes"}
    query["msg_signature"] = signature(token, STAMP, "42", encrypted)
    return f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode(), query


def plain(body: str) -> tuple[bytes, dict[str, str]]:
    """A plain callback, well signed."""
    return body.encode(), {"timestamp": STAMP, "nonce": "42", "signature": signature(TOKEN, STAMP, "42")}


def refused(codec: Codec, body: bytes, query: dict[str, str], now: datetime = NOW) -> tuple[int, str]:
    with pytest.raises(BadCallback) as caught:
        to_incoming(codec.open(body, query, now).fields)
    return caught.value.status, caught.value.reason


# -- Tencent's vectors


@pytest.mark.parametrize("vector", VECTORS)
def test_tencents_vectors_are_signed_and_open(vector: Vector) -> None:
    assert signature(vector.token, vector.timestamp, vector.nonce, vector.encrypted) == vector.signature
    words = Crypto(vector.aes_key, vector.receiver).open(vector.encrypted)
    assert words == vector.plain if vector.whole else vector.plain in words


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if vector is not WECOM_VERIFY])
def test_tencents_messages_come_through_the_wall(vector: Vector) -> None:
    codec = Codec(vector.token, vector.receiver, (vector.aes_key,))
    query = {"timestamp": vector.timestamp, "nonce": vector.nonce, "encrypt_type": "aes"}
    query["msg_signature"] = vector.signature
    body = f"<xml><Encrypt><![CDATA[{vector.encrypted}]]></Encrypt></xml>".encode()
    sent = datetime.fromtimestamp(int(vector.timestamp), UTC)
    opened = codec.open(body, query, sent + timedelta(minutes=4))
    assert f"[CDATA[{opened.fields['Content']}]]" in vector.plain
    assert refused(codec, body, query, sent + timedelta(minutes=6)) == (403, "stale timestamp")


# -- there and back


@given(st.text(max_size=300))
def test_any_text_at_all_comes_back_from_a_reply(text: str) -> None:
    """The reply is read by a real XML parser; what XML has no place for is left out, and nothing else."""
    opened = Opened({}, Crypto(AES_KEY, APP))
    reply = fromstring(Codec(TOKEN, APP, (AES_KEY,)).close(text_reply("o", "gh", text, NOW), opened, NOW))
    theirs = Theirs(TOKEN, AES_KEY, APP)
    encrypted = reply.findtext("Encrypt") or ""
    assert reply.findtext("MsgSignature") == theirs.sign(STAMP, reply.findtext("Nonce") or "", encrypted)
    shown = fromstring(theirs.decrypt(encrypted)).findtext("Content") or ""
    assert shown == "".join(
        one for one in text.replace("\r\n", "\n").replace("\r", "\n") if one in "\t\n" or allowed(one)
    )


def allowed(letter: str) -> bool:
    return letter >= " " and not "\ud800" <= letter <= "\udfff" and letter not in "\ufffe\uffff"


def test_two_replies_alike_differ_on_the_wire() -> None:
    codec, opened = Codec(TOKEN, APP, (AES_KEY,)), Opened({}, Crypto(AES_KEY, APP))
    first, second = (fromstring(codec.close("<xml/>", opened, NOW)) for _ in range(2))
    assert first.findtext("Encrypt") != second.findtext("Encrypt")
    assert first.findtext("Nonce") != second.findtext("Nonce")


def test_the_previous_key_still_opens_and_closes_its_own_replies() -> None:
    codec = Codec(TOKEN, APP, (AES_KEY, f" {OLD_KEY} "))
    opened = codec.open(*sealed(TEXT, OLD_KEY), NOW)
    reply = fromstring(codec.close("<xml>ok</xml>", opened, NOW)).findtext("Encrypt") or ""
    assert Theirs(TOKEN, OLD_KEY, APP).decrypt(reply) == b"<xml>ok</xml>"


@pytest.mark.parametrize("key", ["", "short", "x" * 42, "x" * 44, "!" * 43])
def test_a_key_that_is_none_says_so_at_start(key: str) -> None:
    with pytest.raises(BadSettings, match="YIZHAN_WECHAT_AES_KEY"):
        Codec(TOKEN, APP, (key,))


# -- refusals

ENCRYPTED, PLAIN = Codec(TOKEN, APP, (AES_KEY,)), Codec(TOKEN, APP)


@pytest.mark.parametrize("part", ["msg_signature", "timestamp", "nonce"])
def test_a_changed_query_is_no_longer_signed(part: str) -> None:
    body, query = sealed(TEXT)
    query[part] = str(int(query[part]) + 1) if part != "msg_signature" else query[part][::-1]
    assert refused(ENCRYPTED, body, query) == (403, "wrong signature")


def test_every_byte_of_the_cipher_text_is_signed() -> None:
    body, query = sealed(TEXT)
    start, end = body.index(b"CDATA[") + 6, body.index(b"]]>")
    for place in range(start, end, 7):
        changed = bytearray(body)
        changed[place] = ord("A") if changed[place] != ord("A") else ord("B")
        assert refused(ENCRYPTED, bytes(changed), query) == (403, "wrong signature")


@pytest.mark.parametrize(
    "encrypted",
    [
        "A",  # no base64
        "AAAA",  # no whole block
        "A" * 86 + "==",  # random bytes: a length out of range, another padding, no app id
        "=" * 40,
        "您好",
        Theirs(TOKEN, AES_KEY, APP).encrypt(b"")[:-8] + "AAAAAAA=",
        Theirs(TOKEN, OLD_KEY, APP).encrypt(TEXT.encode()),  # another key
        Theirs(TOKEN, AES_KEY, "wx-of-somebody-else").encrypt(TEXT.encode()),  # another account
        Theirs(TOKEN, AES_KEY, APP).encrypt(b"\xff\xfe not UTF-8"),
    ],
    ids=range(9),  # the texts differ from run to run
)
def test_well_signed_garbage_does_not_open(encrypted: str) -> None:
    assert refused(ENCRYPTED, *wrapped(encrypted)) == (400, "cipher text does not open")


def test_a_cipher_text_cut_anywhere_does_not_open() -> None:
    whole = Theirs(TOKEN, AES_KEY, APP).encrypt(TEXT.encode())
    for end in range(0, len(whole), 11):
        assert refused(ENCRYPTED, *wrapped(whole[:end]))[0] == 400


def test_a_plain_body_is_refused_where_a_key_is_set() -> None:
    body, query = plain(TEXT)
    assert refused(ENCRYPTED, body, query) == (403, "plain body where only encrypted ones count")
    assert refused(ENCRYPTED, body, query | {"encrypt_type": "aes"})[0] == 403
    # signed like an encrypted one, over nothing
    query |= {"encrypt_type": "aes", "msg_signature": signature(TOKEN, STAMP, "42", "")}
    assert refused(ENCRYPTED, body, query) == (400, "broken XML")


def test_the_plain_part_of_a_compatible_body_does_not_count() -> None:
    body, query = sealed(TEXT)
    forged = body.replace(b"<ToUserName>", b"<FromUserName>oVictim</FromUserName><Content>x</Content><ToUserName>")
    assert to_incoming(ENCRYPTED.open(forged, query, NOW).fields).address == "oRider"


def test_an_encrypted_body_without_a_key_says_what_is_missing() -> None:
    body, query = sealed(TEXT)
    query["signature"] = signature(TOKEN, STAMP, "42")
    assert refused(PLAIN, body, query) == (400, "encrypted body, but no AES key is set")


@pytest.mark.parametrize("stamp", ["", "yesterday", "9" * 30, "9" * 5000, "-1e3", "12.5"])
def test_a_timestamp_that_is_none(stamp: str) -> None:
    query = {"timestamp": stamp, "nonce": "1", "signature": signature(TOKEN, stamp, "1")}
    assert refused(PLAIN, TEXT.encode(), query) == (403, "no timestamp")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_old_and_future_ones_are_stale(minutes: int) -> None:
    assert refused(PLAIN, *plain(TEXT), now=NOW + timedelta(minutes=minutes)) == (403, "stale timestamp")
    assert refused(ENCRYPTED, *sealed(TEXT), now=NOW + timedelta(minutes=minutes)) == (403, "stale timestamp")


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE xml [<!ENTITY a "b">]><xml><MsgType>text</MsgType></xml>',
        '<?xml version="1.0"?><!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>',
        f'<!DOCTYPE xml [<!ENTITY a "{"b" * 100}">]>{TEXT}',
    ],
)
def test_document_types_and_entities(xml: str) -> None:
    assert refused(PLAIN, *plain(xml)) == (400, "DOCTYPE")
    assert refused(ENCRYPTED, *sealed(xml)) == (400, "DOCTYPE")


@pytest.mark.parametrize("encoding", ["utf-16", "big5", "nonsense", "utf-8"])
def test_a_body_is_utf_8_whatever_it_says(encoding: str) -> None:
    body = f"<?xml version='1.0' encoding='{encoding}'?>{TEXT}"
    assert to_incoming(PLAIN.open(*plain(body), NOW).fields).text == "你好"
    wide = f'\ufeff<!DOCTYPE xml [<!ENTITY a "b">]>{TEXT}'.encode("utf-16-le")
    assert refused(PLAIN, wide, plain("")[1]) == (400, "DOCTYPE")


def test_what_grows_without_end_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = plain(f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><xml><a>&a11;</a></xml>')
    started = time.process_time()
    assert refused(PLAIN, *bomb) == (400, "DOCTYPE")
    assert time.process_time() - started < 1


def test_words_about_document_types_are_no_document_type() -> None:
    body = TEXT.replace("你好", "<!DOCTYPE html> 和 <!ENTITY 是什么")
    assert to_incoming(PLAIN.open(*plain(body), NOW).fields).text == "<!DOCTYPE html> 和 <!ENTITY 是什么"


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "hello",
        "<xml>",
        "<xml><MsgType>text</xml>",
        "<xml>&a;</xml>",
        "\x00",
        "<xml/>" + "<xml/>",
        "<xml>\ud83d</xml>".encode("utf-16", "surrogatepass").decode("latin-1"),
        '{"json": true}',
    ],
)
def test_broken_xml(xml: str) -> None:
    assert refused(PLAIN, *plain(xml)) == (400, "broken XML")
    assert refused(ENCRYPTED, *sealed(xml)) == (400, "broken XML")


@pytest.mark.parametrize(
    "change",
    [
        ("<MsgType><![CDATA[text]]></MsgType>", ""),
        ("oRider", ""),
        ("oRider", "o rider"),
        ("oRider", "o" * 65),
        ("<![CDATA[oRider]]>", "<b>oRider</b>"),
        (f"<CreateTime>{STAMP}", "<CreateTime>now"),
        (f"<CreateTime>{STAMP}", "<CreateTime>" + "9" * 20),
        (f"<CreateTime>{STAMP}", "<CreateTime>-" + "9" * 18),
        ("<![CDATA[text]]>", "image"),  # without its MediaId
        ("<![CDATA[text]]>", "voice"),
        ("<![CDATA[text]]>", "location"),
        ("<![CDATA[text]]>", "link"),
        ("<![CDATA[text]]>", "event"),  # without its Event
        (
            "<![CDATA[text]]>",
            "location</MsgType><Location_X>nan</Location_X><Location_Y>1</Location_Y><MsgType>location",
        ),
        (
            "<![CDATA[text]]>",
            "location</MsgType><Location_X>91</Location_X><Location_Y>1</Location_Y><MsgType>location",
        ),
    ],
)
def test_a_message_without_its_own_fields(change: tuple[str, str]) -> None:
    status, reason = refused(PLAIN, *plain(TEXT.replace(*change)))
    assert (status, reason) in {(400, "broken message"), (400, "broken XML")}


def test_an_unknown_type_is_no_broken_message() -> None:
    one = to_incoming(PLAIN.open(*plain(TEXT.replace("[text]", "[Hologram]")), NOW).fields)
    assert (one.event, one.payload) == (Event.UNREADABLE, "hologram")


# -- keys


def event(name: str, more: str = "") -> str:
    head = TEXT.partition("<MsgType>")[0]
    key = to_incoming(
        PLAIN.open(*plain(f"{head}<MsgType>event</MsgType><Event>{name}</Event>{more}</xml>"), NOW).fields
    )
    return key.key


def test_keys_tell_events_of_one_second_apart() -> None:
    names = [
        event("CLICK", "<EventKey>go:menu</EventKey>"),
        event("CLICK", "<EventKey>go:mine</EventKey>"),
        event("LOCATION"),
        event("subscribe", "<EventKey></EventKey>"),
        event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
        event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
    ]
    assert len(set(names)) == len(names)
    assert event("LOCATION") == event("LOCATION")


def test_a_messages_key_is_its_id_whatever_its_second() -> None:
    one, later = TEXT, TEXT.replace(f"<CreateTime>{STAMP}", f"<CreateTime>{int(STAMP) + 5}")
    keys = {to_incoming(PLAIN.open(*plain(xml), NOW).fields).key for xml in (one, later)}
    assert keys == {"wechat:oRider:24123456789012345"}


# -- whatever comes

tags = st.sampled_from(["ToUserName", "FromUserName", "CreateTime", "MsgType", "Content", "MsgId", "Event", "EventKey"])
tags |= st.sampled_from(["MediaId", "Recognition", "Location_X", "Location_Y", "Url", "Encrypt", "bizmsgmenuid", "x"])
values = st.one_of(
    st.sampled_from(
        ["text", "image", "voice", "location", "link", "event", "CLICK", "subscribe", STAMP, "1", "oRider"]
    ),
    st.text(max_size=20).map(lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>"),
    st.just("<a><b>c</b></a>"),
    st.integers().map(str),
)
messages = st.lists(st.tuples(tags, values), max_size=14).map(
    lambda parts: f"<xml>{''.join(f'<{tag}>{value}</{tag}>' for tag, value in parts)}</xml>"
)


@given(st.one_of(messages.map(lambda text: text.encode("utf-8", "replace")), st.binary(max_size=200)))
def test_whatever_comes_it_opens_or_is_refused(body: bytes) -> None:
    query = {"timestamp": STAMP, "nonce": "42", "signature": signature(TOKEN, STAMP, "42")}
    try:
        to_incoming(PLAIN.open(body, query, NOW).fields)
    except BadCallback as error:
        assert error.status in {400, 413}


@given(messages, st.binary(max_size=64))
def test_whatever_is_sealed_it_opens_or_is_refused(xml: str, noise: bytes) -> None:
    body, query = sealed(xml.encode("utf-8", "replace").decode() + noise.decode("latin-1"))
    try:
        to_incoming(ENCRYPTED.open(body, query, NOW).fields)
    except BadCallback as error:
        assert error.status == 400
