"""From what a tired person types on a phone to values. Pure functions; a module per kind of answer.

`parse(text)` reads the answer to an open question and raises `NotUnderstood`; `find(text)` spots a value inside free
text and gives `Found` or None.
"""

from bot.understand.outcome import Found, NotUnderstood

__all__ = ["Found", "NotUnderstood"]
