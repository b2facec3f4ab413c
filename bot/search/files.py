"""An index in a file: numpy's own container, nothing in it that could run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from bot.search.index import Index
from bot.search.postings import Postings
from bot.search.tokens import VIEWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 1
ARRAYS = ("terms", "starts", "documents", "weights", "rarity")


class IndexFileError(Exception):
    """The file is no index of this format; build a new one."""


def save(index: Index, path: Path) -> None:
    """Write the index; a file that is there is replaced at once, never half."""
    columns: dict[str, NDArray[Any]] = {"format": np.array([FORMAT]), "ids": _packed(index.ids)}
    for name, view in index.views.items():
        columns |= {f"{name}.{array}": getattr(view, array) for array in ARRAYS}
        columns[f"{name}.vocabulary"] = _packed(view.vocabulary)
        columns[f"{name}.rarest"] = np.array([view.rarest, view.single])
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as file:
        np.savez(file, allow_pickle=False, **columns)
    draft.replace(path)


def load(path: Path) -> Index:
    """Read an index; raises `IndexFileError` when the file is missing, torn or of another format."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as columns:
            if int(columns["format"][0]) != FORMAT:
                raise IndexFileError(f"{path} was written by another version")
            return Index(_unpacked(columns["ids"]), {name: _view(columns, name) for name in VIEWS})
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise IndexFileError(f"{path} is no index: {error}") from error


def _view(columns: Any, name: str) -> Postings:
    rarest, single = columns[f"{name}.rarest"].tolist()
    words = _unpacked(columns[f"{name}.vocabulary"])
    arrays = {array: columns[f"{name}.{array}"] for array in ARRAYS}
    return Postings({word: number for number, word in enumerate(words)}, rarest=rarest, single=single, **arrays)


def _packed(words: Any) -> NDArray[np.uint8]:
    """Strings as bytes, one a line; none of them holds a line break."""
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def _unpacked(data: NDArray[np.uint8]) -> list[str]:
    text = data.tobytes().decode()
    return text.split("\n") if text else []
