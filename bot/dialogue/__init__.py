"""Dialogues: a conversation reads like one."""

from bot.dialogue.questions import Choice, Place
from bot.dialogue.registry import Dialogue, Registry, dialogue
from bot.dialogue.state import Draft, State
from bot.dialogue.talk import Talk

__all__ = ["Choice", "Dialogue", "Draft", "Place", "Registry", "State", "Talk", "dialogue"]
