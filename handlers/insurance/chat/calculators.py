"""All calculators of the chat, in one list."""

from __future__ import annotations

from handlers.insurance.chat.benefits import injury_benefits, waiting
from handlers.insurance.chat.estimating import pension_estimate
from handlers.insurance.chat.paying import contribution
from handlers.insurance.chat.retiring import retirement, shortfall

DIALOGUES = (retirement, shortfall, pension_estimate, contribution, waiting, injury_benefits)
