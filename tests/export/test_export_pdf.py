"""A printable file: Chinese is there, pages are numbered, and no text makes it fail."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.export.pdf_text import MISSING, fit
from bot.export.to_pdf import Code, Facts, Heading, Picture, Table, Text, make_pdf
from bot.i18n import speaking
from tests.pdf_reading import pdf_pages, pdf_text

STORY = "11月13日下暴雨，超时被扣了200元。Meituan 客服说“系统判的”，不肯改。"


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (200, 80, 80)).save(out, "JPEG")
    return out.getvalue()


def test_every_kind_of_block_is_there() -> None:
    blocks = [
        Heading("基本情况"),
        Facts([("编号", "YZ-7K3M-92QD"), ("金额", "200 元")]),
        Heading("当事人的话", 2),
        Text(STORY + "\n第二段"),
        Text("说明", small=True),
        Table(["时间", "事项"], [["11月13日", "已收到"]], [1, 3]),
        Picture(jpeg(), "图 1"),
        Code("https://example.org/c/1", "扫码核对"),
    ]
    data = make_pdf("诉求材料", blocks, footer="驿站")
    text = pdf_text(data)
    for words in (
        "诉求材料",
        "基本情况",
        "YZ-7K3M-92QD",
        "200 元",
        STORY,
        "第二段",
        "11月13日",
        "已收到",
        "图 1",
        "扫码核对",
    ):
        assert words in text
    assert "驿站" in text
    assert "第 1 页 / 共 1 页" in text
    assert data.count(b"/Subtype /Image") == 1


def test_a_table_goes_over_pages_with_its_heading_and_numbers() -> None:
    rows = [[str(number), STORY] for number in range(120)]
    pages = pdf_pages(make_pdf("清单", [Table(["号", "内容"], rows, [1, 9])], footer="f"))
    assert len(pages) > 3
    assert all("内容" in page for page in pages)
    assert f"第 {len(pages)} 页 / 共 {len(pages)} 页" in pages[-1]
    assert all(f"\n{number}\n" in f"\n{chr(10).join(pages)}\n" for number in range(120))
    with speaking("en"):
        assert "Page 1 of 1" in pdf_text(make_pdf("List", [], footer=""))


def test_words_longer_than_a_page_are_all_there() -> None:
    long = "".join(f"第{number}句。" for number in range(2000))
    data = make_pdf("长", [Facts([("经过", long)]), Text(long), Table(["a", "b"], [["x", long]])], footer="")
    assert pdf_text(data).count("第1999句。") == 3
    assert "y" * 500 in pdf_text(make_pdf("y", [Text("y" * 500)], footer=""))


def test_the_file_names_nobody_and_is_the_same_each_time() -> None:
    blocks = [Text("字"), Picture(jpeg())]
    data = make_pdf("题", blocks, footer="x")
    assert data == make_pdf("题", blocks, footer="x")
    for word in (b"/Author", b"/Creator", b"/Producer", b"CreationDate", b"ModDate", b"anonymous", b"root"):
        assert word not in data


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("中文，“引号”…— é", "中文，“引号”…— é"),
        ("a\tb\r\nc\x00\x1b\x7f", "a    b\nc"),
        ("好😀👍🏽的\u200d\ufe0f", "好的"),
        ("ﬁ ö Å ①", "fi o A ①"),
        ("한𬭎", MISSING * 2),
        ("\ud800x\u202e", "x"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_what_the_font_does_not_have(given_: str, shown: str) -> None:
    assert fit(given_) == shown


def test_broken_pictures_leave_a_line() -> None:
    for broken in (b"", b"xx", jpeg()[:200], b"\x89PNG\r\n\x1a\n" + b"\0" * 40):
        text = pdf_text(make_pdf("t", [Picture(broken, "图 7"), Text("后面")], footer=""))
        assert "图 7" in text
        assert "后面" in text


nasty = st.text(st.characters(), max_size=400) | st.text("<>&;/\\()\"'\n\t 　，。a中😀\ud83d\u202e", max_size=400)
blocks = st.one_of(
    st.builds(Heading, nasty, st.integers(-1, 3)),
    st.builds(Text, nasty, st.booleans()),
    st.builds(Facts, st.lists(st.tuples(nasty, nasty), max_size=3)),
    st.builds(Table, st.lists(nasty, max_size=4), st.lists(st.lists(nasty, max_size=6), max_size=4)),
    st.builds(Picture, st.binary(max_size=60), nasty),
    st.builds(Code, nasty, nasty),
)


@settings(max_examples=60)
@given(nasty, st.lists(blocks, max_size=5), nasty)
def test_no_text_makes_it_fail(title: str, parts: list[Heading | Text], footer: str) -> None:
    assert make_pdf(title, parts, footer=footer).startswith(b"%PDF-")


def test_reportlab_is_loaded_only_when_a_file_is_made() -> None:
    code = (
        "import sys, bot.export.to_pdf, bot.app; sys.exit(any(m in sys.modules for m in ('reportlab', 'PIL', 'segno')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
