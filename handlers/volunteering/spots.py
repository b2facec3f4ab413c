"""Points on the map: how far, and reading what people paste.

All that is kept is WGS 84. WeChat's locations and the maps used in China (Amap, Tencent) speak GCJ-02, which lies some
hundreds of metres beside it, Baidu's BD-09 farther still; the way back is the published approximation, good to metres.
"""

from __future__ import annotations

import re
from math import asin, atan2, cos, pi, radians, sin, sqrt

from bot.patterns import pattern

EARTH = 6_371_000  # metres, a sphere
AXIS, ECCENTRICITY = 6378245.0, 0.00669342162296594323  # Krasovsky 1940, as GCJ-02 has it
Degrees = tuple[float, float]  # latitude, longitude

_NUMBER = r"(-?[0-9]{1,3}\.[0-9]{2,15})"
_PAIR = pattern(rf"{_NUMBER}\s*(?:,|%2C|，|;|\s)\s*{_NUMBER}", re.IGNORECASE)
_LATER = pattern(rf"mlat={_NUMBER}&mlon={_NUMBER}")
_OPEN_MAP = pattern(rf"map=[0-9.]+/{_NUMBER}/{_NUMBER}")
_WORLD = pattern(r"openstreetmap|\bgeo:|google|osm\.|wgs", re.IGNORECASE)
_BAIDU = pattern(r"baidu|bd09", re.IGNORECASE)


class NoSpot(ValueError):
    """There are no coordinates in it; short links hide theirs."""


def metres(one: Degrees, other: Degrees) -> float:
    """How far two points are in a straight line (haversine)."""
    north, south = radians(one[0]), radians(other[0])
    half = sin((north - south) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(one[1] - other[1]) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def read(text: str) -> Degrees:
    """WGS 84 degrees of coordinates or a map's link, as pasted. Bare numbers are taken for GCJ-02, as maps in China
    show them, either way round; geo: and OpenStreetMap for WGS 84. Raises `NoSpot`."""
    found = _LATER.search(text) or _OPEN_MAP.search(text) or _PAIR.search(text)
    if found is None:
        raise NoSpot
    first, second = float(found[1]), float(found[2])
    latitude, longitude = (second, first) if abs(first) > 90 else (first, second)
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise NoSpot
    if _BAIDU.search(text):
        latitude, longitude = from_baidu(latitude, longitude)
    elif _WORLD.search(text):
        return latitude, longitude
    return from_gcj(latitude, longitude)


def from_gcj(latitude: float, longitude: float) -> Degrees:
    """WGS 84 of a GCJ-02 point; outside China the two are the same."""
    if not (18 < latitude < 54 and 73 < longitude < 135.1):
        return latitude, longitude
    north, east = _shift(longitude - 105, latitude - 35)
    slant = 1 - ECCENTRICITY * sin(radians(latitude)) ** 2
    north = north * 180 / (AXIS * (1 - ECCENTRICITY) / (slant * sqrt(slant)) * pi)
    east = east * 180 / (AXIS / sqrt(slant) * cos(radians(latitude)) * pi)
    return round(latitude - north, 6), round(longitude - east, 6)


def _shift(x: float, y: float) -> Degrees:
    """Metres north and east that GCJ-02 lies beside WGS 84, at x east of 105 and y north of 35 degrees."""
    common = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + common
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + common
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    return north, east


def from_baidu(latitude: float, longitude: float) -> Degrees:
    """GCJ-02 of a BD-09 point."""
    x, y = longitude - 0.0065, latitude - 0.006
    far = sqrt(x * x + y * y) - 0.00002 * sin(y * pi * 3000 / 180)
    turned = atan2(y, x) - 0.000003 * cos(x * pi * 3000 / 180)
    return far * sin(turned), far * cos(turned)


def sent(channel: str, latitude: float, longitude: float) -> Degrees:
    """WGS 84 of a location as a channel brings it."""
    return from_gcj(latitude, longitude) if channel == "wechat" else (latitude, longitude)
