"""The menu: the five things the bot does, and how to get anywhere."""
