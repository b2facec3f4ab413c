"""Complaints: taken in a chat, followed by their receipt code, exported for the union."""
