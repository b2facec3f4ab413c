"""The engine: channels, conversations, the store. It knows no capability."""
