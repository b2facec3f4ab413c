"""The store: engines, tables, migrations, encryption at rest."""

import bot.lean  # noqa: F401  (before SQLAlchemy)
