"""`python -m tests.evaluation [--half tune|report|held-out] [--misses] [--no-scale]`: the figures, one line a noise.

`held-out` needs no labels: every third question of each article is taken away from it and asked.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import time
from pathlib import Path

import psutil

from handlers.policy.library import Shelf
from handlers.policy.service import open_answers
from tests.evaluation import scale
from tests.evaluation.labelled import held_out, read, unknown
from tests.evaluation.measure import measure
from tests.evaluation.noise import NOISES

CONTENT = Path(__file__).parents[2] / "content"
TODAY = dt.date(2026, 11, 21)  # the day the labels were made for


def main() -> None:
    """Print the figures of one half."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description=__doc__)
    parser.add_argument("--half", choices=["tune", "report", "held-out"], default="report")
    parser.add_argument("--misses", action="store_true", help="name what went wrong (only for the half to tune on)")
    parser.add_argument("--no-scale", action="store_true", help="leave the 55,000 passages out")
    chosen = parser.parse_args()
    if chosen.misses and chosen.half == "report":
        parser.error("the report half is only counted; look at misses with --half tune")

    begin = time.perf_counter()
    answers = open_answers(CONTENT)
    answers.decide("开始", today=TODAY)
    ready = time.perf_counter() - begin
    memory = psutil.Process(os.getpid()).memory_info().rss / 2**20
    articles = answers.library.shelf.articles
    print(f"{len(articles)} articles: ready in {ready:.2f} s, {memory:.0f} MB")

    if chosen.half == "held-out":
        kept, questions = held_out(articles)
        shelf = answers.library.shelf
        answers.library.shelf = Shelf(CONTENT, kept, shelf.lexicon, shelf.elsewhere)
    else:
        questions = [one for one in read() if one.half == chosen.half]
    for wrong in unknown(questions, {article.id for article in articles}):
        print(f"no such article: {wrong}")
    print(f"{sum(one.ours for one in questions)} questions of ours, {sum(not one.ours for one in questions)} others")
    if questions:
        print(f"{'':14}  hit@1  hit@3  answered  wrong   lost  others declined     p50     p99")
    for name, noise in NOISES.items() if questions else ():
        figures = measure(answers, questions, noise, TODAY)
        shares = (
            f"{figures.hit1:7.1%}{figures.hit3:7.1%}{figures.answered:10.1%}{figures.wrong:7.1%}{figures.lost:7.1%}"
        )
        speed = f"{figures.percentile(0.5):6.1f}ms{figures.percentile(0.99):6.1f}ms"
        print(f"{name:14}{shares}{figures.declined:17.1%}{speed}")
        if chosen.misses:
            print(*(f"    {miss}" for miss in figures.misses), sep="\n")

    if not chosen.no_scale:
        sample = "".join(article.body for article in articles)
        asked = [question for article in articles for question in article.questions[:3]]
        print(scale.report(sample, answers.library.shelf.lexicon, asked))


if __name__ == "__main__":
    main()
