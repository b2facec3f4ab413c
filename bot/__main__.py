"""`python -m bot` is `yizhan`."""

from bot.cli import main

main()
