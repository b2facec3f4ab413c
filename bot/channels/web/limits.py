"""What the web chat takes and how fast; ours to set, kept in one place."""

from __future__ import annotations

JSON_BYTES = 64 * 1024
PHOTO_BYTES = 10 * 1024 * 1024  # the page refuses larger ones before sending
MOST_PHOTOS = 9
FORM_BYTES = MOST_PHOTOS * PHOTO_BYTES + JSON_BYTES + 16 * 1024  # the largest good form, part headers included
KEY_CHARACTERS = 100
BURST = 120  # messages a person may send at once: nobody types so many, a page that re-sends its queue may ...
A_SECOND = 10.0  # ... and how fast that many come back; it holds off a flood, not a hurry
PAGE_TURNS = 30  # exchanges in one page of the history
HEARTBEAT = 20.0  # seconds between signs of life on an event stream: proxies cut silent ones after 30 to 60
LOOK_EVERY = 3.0  # seconds between looks for what another process sent
COOKIE_DAYS = 400  # the longest a browser keeps one (RFC 6265bis, 5.5); renewed when the page is opened
