"""The operator's content files: how they are read, and what a look through them turns up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to repair in a content file; `line` counts from 1, 0 when no line can be named."""

    path: str
    line: int
    severity: Literal["error", "warning"]
    message: str


class BrokenContent(ValueError):
    """A content file that can't be used; `finding` says where and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.path}:{finding.line}: {finding.message}")
        self.finding = finding


def read_yaml(path: Path) -> Any:
    """What a YAML file holds; raises `BrokenContent` with the line of the slip."""
    import yaml

    try:
        return parse_yaml(path.read_bytes())
    except OSError as error:
        raise BrokenContent(Finding(str(path), 0, "error", f"{error.strerror}; put the file back")) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "the file can't be read"
        message = f"{problem}; check indentation, colons and quotes on this line"
        raise BrokenContent(Finding(str(path), mark.line + 1 if mark else 0, "error", message)) from None


def parse_yaml(data: bytes) -> Any:
    """What YAML says; raises `yaml.YAMLError`."""
    import yaml

    # libyaml is seven times faster, and as safe; some builds of PyYAML come without it.
    return yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def read_model(path: Path, kind: type[M]) -> M:
    """What a YAML file holds, as a model; raises `BrokenContent` with the line and field of the slip."""
    from pydantic import ValidationError

    try:
        return kind.model_validate(read_yaml(path))
    except ValidationError as error:
        slip = error.errors()[0]
        field = ".".join(map(str, slip["loc"]))
        message = f"{field}: {slip['msg']}"
        raise BrokenContent(Finding(str(path), line_of(path, slip["loc"]), "error", message)) from None


def line_of(path: Path, keys: Sequence[str | int]) -> int:
    """The line of the value at `keys` (mapping keys, list indices) in a YAML file, or of the nearest one above it."""
    import yaml

    node: Any = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    line = 1
    for key in keys:
        found = _step(node, key)
        if found is None:
            return line
        line, node = found
    return line


def _step(node: Any, key: str | int) -> tuple[int, Any] | None:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == str(key):
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        return node.value[key].start_mark.line + 1, node.value[key]
    return None
