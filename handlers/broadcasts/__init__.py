"""Broadcasts: what staff say to many at once, from the chat and from the desk."""
