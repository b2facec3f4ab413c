"""A small content folder of its own, so that tests do not hang on the real articles."""

from __future__ import annotations

from pathlib import Path

ARTICLE = """---
id: {id}
title: {title}
topic: {topic}
regions: {regions}
occupations: {occupations}
questions:
{questions}
keywords: [{keywords}]
answer: {answer}
confidence: high
sources:
  - title: 关于扩大试点的通知
    number: 人社部发〔2025〕24号
    issuer: 人力资源社会保障部
    url: https://www.gov.cn/one
    date: 2025-04-22
effective: {{from: {since}, until: {until}}}
reviewed: {reviewed}
next:
  - {{label: 打 12333, to: "{to}"}}
---
{body}
"""

QUESTIONS = {
    "who-pays": [
        "新职伤要自己交钱吗",
        "职业伤害保障谁掏钱",
        "受伤保险从我工资扣吗",
        "新职伤一单扣我多少",
        "平台给交新职伤吗",
        "保险费谁出",
        "职业伤害保障费用谁负担",
        "站长说保险钱我出 对吗",
    ],
    "retire-age": [
        "我几岁能退休",
        "男的多大退休",
        "退休年龄是多少",
        "啥时候能退休",
        "延迟退休到几岁",
        "六十岁能不能退",
        "法定退休年龄",
        "退休年龄怎么算",
    ],
    "deposit-back": [
        "押金不退怎么要",
        "离职了装备押金不给退",
        "押金能要回来吗",
        "站点收押金合法吗",
        "交的保证金不还",
        "头盔押金退不退",
        "扣着押金不给",
        "退押金找谁",
    ],
    "licence-driver": [
        "跑网约车要什么证",
        "网约车人证怎么考",
        "没有双证能跑滴滴吗",
        "网约车驾驶员证在哪办",
        "车证要什么条件",
        "开专车要考试吗",
        "网约车资格证",
        "滴滴要求人证车证",
    ],
}
TITLES = {
    "who-pays": "新职伤谁交钱",
    "retire-age": "几岁退休",
    "deposit-back": "押金怎么要回来",
    "licence-driver": "网约车要的证",
}
ANSWERS = {
    "who-pays": "平台交钱，您不用出。",
    "retire-age": "男职工逐步从六十岁到六十三岁。",
    "deposit-back": "单位不得收押金，收了要退。",
    "licence-driver": "人要驾驶员证，车要运输证。",
}
ELSEWHERE = """
weather: [今天天气怎么样, 明天下雨吗, 天气预报]
food: [红烧肉怎么做, 晚饭吃什么, 番茄炒蛋]
chat: [给我讲个笑话, 你是谁, 写首诗]
"""
SYNONYMS = "ignore: [请问]\nalike: [押金 保证金]\nwords:\n  讨回: 返还 押金\n"


def write_article(folder: Path, name: str, **changes: object) -> Path:
    """One article's file, right in every field that `changes` does not set."""
    questions = changes.pop("questions", QUESTIONS.get(name, [f"{name}的问题{number}" for number in range(8)]))
    fields = {
        "id": name,
        "title": TITLES.get(name, "一个标题"),
        "topic": "injury",
        "regions": "[national]",
        "occupations": "[all]",
        "keywords": "关键词",
        "answer": ANSWERS.get(name, "一句话的回答。"),
        "since": "2025-01-01",
        "until": "null",
        "reviewed": "2026-06-01",
        "to": "phone:12333",
        "body": f"{ANSWERS.get(name, '一句话的回答。')}\n依据在下面。",
    } | changes
    fields["questions"] = "\n".join(f"  - {question}" for question in questions)
    path = folder / "policies" / str(fields["topic"]) / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ARTICLE.format(**fields), "utf-8")
    return path


def write_content(folder: Path) -> Path:
    """Four articles, a lexicon and the subjects that are not ours."""
    for name in QUESTIONS:
        write_article(folder, name, **({"occupations": "[driver]"} if name == "licence-driver" else {}))
    (folder / "synonyms.yaml").write_text(SYNONYMS, "utf-8")
    (folder / "elsewhere.yaml").write_text(ELSEWHERE, "utf-8")
    return folder
