"""One spelling for the same thing; the character tables are what the libraries say."""

import pytest

from bot.search import tables
from bot.search.normalise import normalise
from bot.search.pinyin import read, segment
from bot.search.tokens import BREAK, tokenise, typed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("工傷認定　ＡＰＰ", "工伤认定 app"),
        ("裡面纔", "里面才"),
        ("扣了我两百块", "扣了我200块"),
        ("三百五", "350"),
        ("三百零五", "305"),
        ("一万五", "15000"),
        ("一万五千", "15000"),
        ("一百二十三万四千五百六十七", "1234567"),
        ("二〇二五年十二月", "2025年12月"),
        ("第三十八条", "第38条"),
        ("百分之五十", "百分之50"),
        ("九九六", "996"),
        ("三个月", "3个月"),
        ("十天", "10天"),
        ("骑\u200b手", "骑手"),
    ],
)
def test_one_spelling(written: str, meant: str) -> None:
    assert normalise(written) == meant


@pytest.mark.parametrize(
    "words", ["万一", "千万别签", "统一标准", "十分着急", "一般", "五险一金", "三千百", "百姓", "九五"]
)
def test_words_that_are_no_numbers_stay(words: str) -> None:
    assert normalise(words) == words


def test_tables_are_what_the_libraries_say() -> None:
    assert (tables.FOLDER / "simplified.txt").read_text("utf-8") == tables.make_simplified()
    assert (tables.FOLDER / "syllables.txt").read_text("utf-8") == tables.make_syllables()
    assert (tables.FOLDER / "words.txt").read_text("utf-8") == tables.make_words()


@pytest.mark.parametrize(
    ("letters", "syllables"),
    [
        ("gongshang", ["gong", "shang"]),
        ("yanglaojin", ["yang", "lao", "jin"]),
        ("fangan", ["fang", "an"]),
        ("xian", ["xian"]),
        ("lvshi", ["lv", "shi"]),
        ("celue", ["ce", "lve"]),
        ("app", None),
        ("offer", None),
        ("", None),
    ],
)
def test_typed_pinyin_falls_into_syllables(letters: str, syllables: list[str] | None) -> None:
    assert segment(letters) == syllables


def test_a_word_is_read_as_a_word() -> None:
    assert read(list("银行调解")) == ["yin", "hang", "tiao", "jie"]
    assert read(list("行人")) == ["xing", "ren"]


def test_tokens_keep_words_and_numbers_whole_and_break_at_marks() -> None:
    assert tokenise("app扣12.5元，a_b") == ["app", "扣", "12.5", "元", BREAK, "a", BREAK, "b"]
    assert tokenise("😀！？") == [BREAK]


def test_typed_pinyin_has_sounds_but_no_characters() -> None:
    written, spelled = typed(["shebao", "怎", "么", "app"], known={"app"})
    assert written == [BREAK, "怎", "么", "app"]
    assert spelled == ["she", "bao", "zen", "me", "app"]
