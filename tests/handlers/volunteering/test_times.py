"""From when till when, as people type it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understand import NotUnderstood
from handlers.volunteering.times import parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:30-16:00", "14:30 16:00"),
        ("14：30～16：00", "14:30 16:00"),
        ("下午2点半到4点", "14:30 16:00"),
        ("下午2:30 到 4:00", "14:30 16:00"),
        ("两点到四点", "14:00 16:00"),
        ("2:30-4", "14:30 16:00"),
        ("10点到2点", "10:00 14:00"),
        ("9点到11点", "09:00 11:00"),
        ("上午9点到下午1点", "09:00 13:00"),
        ("晚上8点到9点半", "20:00 21:30"),
        ("06:00-07:30", "06:00 07:30"),
        ("从14点到15点", "14:00 15:00"),
        ("13点半-15点15分", "13:30 15:15"),
        ("11点一刻到12点三刻", "11:15 12:45"),
        ("14点 1.5小时", "14:00 15:30"),
        ("下午三点，一个半小时", "15:00 16:30"),
        ("15:00 90分钟", "15:00 16:30"),
        ("15点半小时", "15:00 15:30"),
        ("2pm-4pm", "14:00 16:00"),
        ("10am to 11:30am", "10:00 11:30"),
    ],
)
def test_times_as_people_type_them(text: str, expected: str) -> None:
    assert " ".join(f"{moment:%H:%M}" for moment in parse(text)) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "none"),
        ("明天", "none"),
        ("14:30", "none"),
        ("周三下午", "none"),
        ("25:00-26:00", "none"),
        ("14:70-15:00", "none"),
        ("16:00-14:00", "order"),
        ("14:00-14:00", "order"),
        ("22:00 3小时", "order"),
        ("07:00-20:00", "order"),
    ],
)
def test_what_is_no_time_is_refused(text: str, code: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(text)
    assert refused.value.code == code


@given(text=st.text(alphabet="0123456789一二十点半时分:：-到至上下午晚pm小h ", max_size=20))
def test_anything_typed_is_read_or_refused(text: str) -> None:
    try:
        begin, end = parse(text)
    except NotUnderstood:
        return
    assert begin < end
