"""Where settings come from: a YAML file and environment variables, each value with its origin.

A value travels as `Setting` under its path of keys, so that whatever is wrong with it later can be reported
with the line or the variable it was written in.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from service.field_rules import reason_of

PREFIX = "MUJAZ_"
DELIMITER = "__"
#: Variables that aren't options: the file's name, and switches of the test suite and the Makefile.
OTHER_VARIABLES = frozenset({"MUJAZ_CONFIG", "MUJAZ_REQUIRE_ALL", "MUJAZ_HYPOTHESIS"})

Key = tuple[str, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration: where it was written, which option, why."""

    origin: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.key + ': ' if self.key else ''}{self.reason}"


@dataclass(frozen=True, slots=True)
class Setting:
    value: Any
    origin: str


Settings = dict[Key, Setting]


def options(model: type[BaseModel], at: Key = ()) -> Iterator[tuple[Key, FieldInfo]]:
    """Every option of a configuration model with its path of keys; sections are descended into."""
    for name, field in model.model_fields.items():
        if (section := _section(field)) is not None:
            yield from options(section, (*at, name))
        else:
            yield (*at, name), field


def variable(key: Key) -> str:
    """The environment variable that sets an option."""
    return PREFIX + DELIMITER.join(key).upper()


def read_yaml(path: Path, model: type[BaseModel], problems: list[Problem]) -> Settings:
    """The settings of a YAML file. What can't be read, and duplicate or unknown keys, go to `problems`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except FileNotFoundError:
        problems.append(Problem(str(path), "", "there is no such file"))
    except OSError as error:
        problems.append(Problem(str(path), "", f"can't be read: {error.strerror}"))
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        problems.append(Problem(str(path), "", f"isn't UTF-8: byte 0x{byte:02x} at offset {error.start}"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        problems.append(Problem(where, "", f"isn't valid YAML: {getattr(error, 'problem', None) or error}"))
    else:
        if root is not None:
            return dict(_walk(root, model, path, (), problems))
    return {}


def _walk(
    node: yaml.Node, model: type[BaseModel], path: Path, at: Key, problems: list[Problem]
) -> Iterator[tuple[Key, Setting]]:
    """The settings under one mapping node that stands for `model`."""

    def report(where: yaml.Node, key: Key, reason: str) -> None:
        problems.append(Problem(f"{path}:{where.start_mark.line + 1}", ".".join(key), reason))

    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
        return  # a section whose options are all commented out
    if not isinstance(node, yaml.MappingNode):
        report(node, at, "must be a mapping of options")
        return
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            report(key_node, at, "a key must be a word")
            continue
        key = (*at, key_node.value)
        field = model.model_fields.get(key_node.value)
        if key_node.value in seen:
            report(key_node, key, f"stands twice (first on line {seen[key_node.value]})")
        elif field is None:
            report(key_node, key, "unknown key" + _suggestion(key_node.value, model.model_fields))
        elif (section := _section(field)) is not None:
            yield from _walk(value_node, section, path, key, problems)
        else:
            yield from _scalar(key, value_node, f"{path}:{key_node.start_mark.line + 1}", problems)
        seen.setdefault(key_node.value, key_node.start_mark.line + 1)


def _scalar(key: Key, node: yaml.Node, origin: str, problems: list[Problem]) -> Iterator[tuple[Key, Setting]]:
    loader = yaml.SafeLoader("")
    try:
        yield key, Setting(loader.construct_document(node), origin)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = getattr(error, "problem", None) or str(error)
        problems.append(Problem(origin, ".".join(key), f"isn't a plain value: {reason}"))
    finally:
        loader.dispose()


def read_environment(environ: Mapping[str, str], model: type[BaseModel], problems: list[Problem]) -> Settings:
    """The settings of the `MUJAZ_…` variables; unknown variables and wrong values go to `problems`."""
    known = {variable(key): (key, field) for key, field in options(model)}
    settings: Settings = {}
    for name in sorted(environ):
        if not name.upper().startswith(PREFIX) or name in OTHER_VARIABLES:
            continue
        if name not in known:
            hint = _suggestion(name.upper(), [*known, *OTHER_VARIABLES])
            problems.append(Problem(f"environment {name}", "", f"unknown variable{hint}"))
            continue
        key, field = known[name]
        origin = f"environment {name}"
        try:
            settings[key] = Setting(_from_text(environ[name], field), origin)
        except ValidationError as error:
            problems.extend(Problem(origin, ".".join(key), _reason(e)) for e in error.errors())
    return settings


def _from_text(text: str, field: FieldInfo) -> Any:
    """A variable's text as the option's own type: lists at commas, "null" (or nothing) for no value."""
    adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
    if field.default is None and text.strip().lower() in ("", "null"):
        return None
    if isinstance(field.default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return adapter.validate_strings(text)


def validate(settings: Settings, model: type[M], problems: list[Problem]) -> M | None:
    """The configuration object, or None with the reasons added to `problems`."""
    tree: dict[str, Any] = {}
    for key, setting in settings.items():
        branch = tree
        for part in key[:-1]:
            branch = branch.setdefault(part, {})
        branch[key[-1]] = setting.value
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        for found in error.errors():
            key = tuple(str(part) for part in found["loc"])
            written = next((settings[key[:n]] for n in range(len(key), 0, -1) if key[:n] in settings), None)
            origin = written.origin if written else "defaults"
            problems.append(Problem(origin, ".".join(key), _reason(found)))
    return None


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _suggestion(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _reason(error: Any) -> str:
    """Pydantic's message with the value that was refused, which is what one looks for in the file; but for
    passwords, which stand in no log."""
    reason = reason_of(error)
    if error["loc"][-1:] == ("password",):
        return f"{reason} (in quotation marks)"
    return f"{reason}, not {error['input']!r}"
