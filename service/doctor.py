"""What `mujaz doctor` looks at: one function per question, each answering with a finding and a remedy.

Nothing here changes anything, needs a network or raises: a check that fails is the answer.
"""

import hashlib
import importlib.metadata
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from models.errors import MujazError

if TYPE_CHECKING:
    from models.manifest import ModelFile
    from service.config import Config

Status = Literal["ok", "note", "fail"]

#: Short words that every model knows.
SELF_TEST = "وصل الوفد إلى القاهرة صباح اليوم."
NEEDED_MEMORY = 300 * 1024**2
NEEDED_DISK = 1024**3
#: Imported by conversion, training and the reference engine only.
OPTIONAL = frozenset({"torch", "transformers", "safetensors"})


@dataclass(frozen=True, slots=True)
class Finding:
    """`note` is worth knowing, `fail` keeps Mujaz from working. `remedy` is what to do."""

    name: str
    status: Status
    detail: str
    remedy: str = ""


def examine(config: "Config") -> Iterator[Finding]:
    """All findings, as they are made; the self test comes last because it takes longest."""
    checks: tuple[Callable[[Config], Finding], ...] = (
        python, packages, optional_packages, processor, memory, data_folder, port, keys, gpu, model_files,
        self_test,
    )  # fmt: skip
    for check in checks:
        yield check(config)


def python(config: "Config") -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("Python", "ok", f"{version}, {sys.executable}")


def _requirements() -> list[tuple[str, bool]]:
    """Names of the packages that Mujaz declares, and whether serving needs each."""
    declared = importlib.metadata.requires("mujaz") or []
    names = [
        match[0] for line in declared if "extra ==" not in line and (match := re.match(r"[\w.-]+", line))
    ]
    return [(name, name not in OPTIONAL) for name in names]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def packages(config: "Config") -> Finding:
    try:
        needed = [name for name, needed in _requirements() if needed]
    except importlib.metadata.PackageNotFoundError:
        return Finding("Packages", "fail", "mujaz itself isn't installed", "Run `make install`.")
    missing = [name for name in needed if _version(name) is None]
    if missing:
        return Finding("Packages", "fail", f"missing: {', '.join(missing)}", "Run `make install`.")
    engine = f"ctranslate2 {_version('ctranslate2')}, sentencepiece {_version('sentencepiece')}"
    return Finding("Packages", "ok", f"{len(needed)} of {len(needed)} ({engine})")


def optional_packages(config: "Config") -> Finding:
    found = {name: _version(name) for name in sorted(OPTIONAL)}
    missing = [name for name, version in found.items() if version is None]
    if not missing:
        return Finding("Training packages", "ok", ", ".join(f"{n} {v}" for n, v in found.items()))
    wanted = config.model.engine == "transformers"
    return Finding(
        "Training packages",
        "fail" if wanted else "note",
        f"missing: {', '.join(missing)}; serving doesn't need them",
        "For `mujaz train`, model conversion and the transformers engine run `make install`.",
    )


def processor(config: "Config") -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    used = config.model.threads or cores
    detail = f"{cores} cores, {used} threads for a batch"
    if used > cores:
        return Finding(
            "Processor", "note", detail, "More threads than cores are slower: lower model.threads."
        )
    return Finding("Processor", "ok", detail)


def memory(config: "Config") -> Finding:
    available = _available_memory()
    if available is None:
        return Finding("Memory", "note", "can't be measured on this system")
    detail = f"{available / 1024**2:,.0f} MB free"
    if available < NEEDED_MEMORY:
        return Finding("Memory", "fail", detail, f"Free some: {NEEDED_MEMORY // 1024**2} MB are needed.")
    return Finding("Memory", "ok", detail)


def _available_memory() -> int | None:
    """Bytes that can be had, within the control group's limit where there is one."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return None
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        used = Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii").strip()
        return free if limit == "max" else min(free, int(limit) - int(used))
    except (OSError, ValueError):
        return free


def data_folder(config: "Config") -> Finding:
    """Writable, or creatable; tried with a file beside it and without making the folder."""
    folder = config.data_path
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            free = shutil.disk_usage(nearest).free
    except OSError as error:
        remedy = "Set data_dir to a folder that can be written, or correct its rights."
        return Finding("Data folder", "fail", f"{folder}: {error.strerror}", remedy)
    detail = f"{folder}{'' if folder.exists() else ' (will be made)'}, {free / 1024**3:,.1f} GB free"
    if free < NEEDED_DISK:
        return Finding("Data folder", "note", detail, "A large model needs about 1 GB while it is fetched.")
    return Finding("Data folder", "ok", detail)


def port(config: "Config") -> Finding:
    host, number = config.server.host.strip("[]"), config.server.port
    try:
        family = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
    except OSError as error:
        remedy = "If that isn't Mujaz itself: `mujaz serve --port` with another number."
        return Finding("Port", "note", f"{host}:{number}: {error.strerror}", remedy)
    return Finding("Port", "ok", f"{host}:{number} is free")


def keys(config: "Config") -> Finding:
    """Whether callers need a key and, if so, have one. The store is looked at where there is one already."""
    if not config.needs_keys:
        local = config.server.is_loopback and config.auth.mode != "open"
        why = "only this machine can connect" if local else "auth.mode or server.allow_public says so"
        return Finding("Keys", "ok", f"not needed: {why}")
    remedy = "Make one: `mujaz keys create NAME`."
    from sqlalchemy import make_url

    from service.keyring import Keyring
    from service.store.database import Database
    from service.store.errors import StoreError

    url = make_url(config.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return Finding("Keys", "fail", "needed, and there is none yet", remedy)
    database = Database(config.database_url)
    try:
        if Keyring(database).any_active():
            return Finding("Keys", "ok", "needed, and there are some")
    except StoreError as error:
        return Finding("Keys", "fail", f"needed, but the store can't be asked: {error}", "Look at store.url.")
    finally:
        database.close()
    return Finding("Keys", "fail", "needed, and none works", remedy)


def gpu(config: "Config") -> Finding:
    try:
        import ctranslate2

        count = ctranslate2.get_cuda_device_count()
    except (ImportError, RuntimeError) as error:
        return Finding("GPU", "note", f"can't be looked for: {error}")
    if count:
        return Finding("GPU", "ok", f"{count}")
    if config.model.device == "cuda":
        return Finding("GPU", "fail", "none, but model.device is cuda", "Set model.device to auto or cpu.")
    return Finding("GPU", "ok", "none; the processor does the work")


def model_files(config: "Config") -> Finding:
    """Every file that the manifest lists is there, in the right size and with the right checksum."""
    from service import model_list

    try:
        model = model_list.find(config)
        wrong = [name for name, file in model.manifest.files.items() if not _intact(model.path / name, file)]
    except (MujazError, OSError) as error:
        remedy = f"`mujaz models pull {config.model.name}`, or --model starter for the bundled one."
        return Finding("Model files", "fail", str(error), remedy)
    if wrong:
        remedy = "Restore the files from the repository." if model.id == "starter" else (
            f"`mujaz models remove {model.id}`, then `mujaz models pull {model.id}`."
        )  # fmt: skip
        return Finding("Model files", "fail", f"{model.id}: altered or missing: {', '.join(wrong)}", remedy)
    size = model.manifest.size_bytes / 1024**2
    detail = f"{model.id}, {len(model.manifest.files)} files, {size:,.0f} MB, all checksums right"
    return Finding("Model files", "ok", detail)


def _intact(path: Path, file: "ModelFile") -> bool:
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256


def self_test(config: "Config") -> Finding:
    """Loads the model as the service would and translates a sentence."""
    from service.runtime import Runtime

    try:
        started = time.perf_counter()
        runtime = Runtime.load(config)
        loaded = time.perf_counter()
        try:
            [result] = runtime.pipeline.translate([SELF_TEST])
        finally:
            runtime.close()
    except Exception as error:  # whatever a broken model makes of its library: that is the finding
        remedy = "See the findings above; `mujaz --model starter doctor` tries the bundled model."
        return Finding("Self test", "fail", _describe(error), remedy)
    seconds = f"loaded in {loaded - started:.2f} s, a sentence in {time.perf_counter() - loaded:.2f} s"
    if not any(character.isascii() and character.isalpha() for character in result.english):
        return Finding("Self test", "fail", f"no English came out ({seconds})", "Pull the model again.")
    return Finding("Self test", "ok", f"{seconds}: {SELF_TEST} -> {result.english}")


def _describe(error: Exception) -> str:
    return str(error) if isinstance(error, MujazError) else f"{type(error).__name__}: {error}"
