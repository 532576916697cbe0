"""LibreTranslate on the same weights, as a server of its own on loopback.

LibreTranslate is AGPL: it is installed by pip into `build/peers/libretranslate`, run as a separate process
and spoken to over HTTP only; nothing of it is imported here. Our weights are packed as an Argos package
(`metadata.json`, `sentencepiece.model`, `model/`, `spacy/`). Two details of argostranslate 1.12 decide how:

* It gives CTranslate2 the pieces of `sentencepiece.model` and nothing else, so the end-of-sentence that
  Marian models expect is switched on in `model/config.json` (`add_source_eos`).
* It decodes with the same SentencePiece model; pieces which that does not know pass through as they are, so
  the source model does for both sides.
* Its sentence splitter is downloaded on first use. With `ARGOS_CHUNK_TYPE=SPACY` an empty spaCy pipeline
  inside the package (to which it adds spaCy's rule-based sentencizer, which knows the Arabic question mark)
  needs no network.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.http import free_port, post_json, wait_until_ready

log = logging.getLogger(__name__)

#: The same CTranslate2 as in our lock file: the comparison is about what stands around it.
REQUIREMENTS = ("libretranslate==1.9.6", "ctranslate2==4.8.5", "spacy<4")


@dataclass(frozen=True, slots=True)
class PeerOptions:
    """`batch_tokens` is LibreTranslate's own default (32 tokens, about one sentence); `web_threads` too.
    CTranslate2 gets as many threads as the machine has cores, its best case for one request."""

    beam_size: int = 4
    inter_threads: int = 1
    intra_threads: int = 2
    batch_tokens: int = 32
    web_threads: int = 4


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int


def install(root: Path) -> Path:
    """Make the peer's environment below `root` if it isn't there; returns its Python. Needs pip's index."""
    environment = root / "environment"
    python = environment / "bin" / "python"
    stamp = environment / ".installed"
    wanted = "\n".join(REQUIREMENTS)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    log.info("installing %s", ", ".join(REQUIREMENTS))
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
    stamp.write_text(wanted, encoding="utf-8")
    return python


def pack(root: Path, python: Path, source_spm: Path, ct2_dir: Path) -> None:
    """Write our weights as the only installed Argos package, and mark its splitter as already there."""
    package = root / "packages" / "ar_en"
    shutil.rmtree(package, ignore_errors=True)
    shutil.copytree(ct2_dir, package / "model")
    config = package / "model" / "config.json"
    settings = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps(settings | {"add_source_eos": True}), encoding="utf-8")
    shutil.copy(source_spm, package / "sentencepiece.model")
    metadata = {
        "package_version": "1.0",
        "argos_version": "1.0",
        "from_code": "ar",
        "from_name": "Arabic",
        "to_code": "en",
        "to_name": "English",
        "type": "translate",
    }
    (package / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    blank = f"import spacy; spacy.blank('xx').to_disk({str(package / 'spacy')!r})"
    subprocess.run([str(python), "-c", blank], check=True)
    # Where argostranslate looks before it downloads its multilingual splitter, which the package replaces.
    cached = root / "cache" / "argos-translate" / "spacy" / "senter" / "model"
    cached.parent.mkdir(parents=True, exist_ok=True)
    cached.touch()


def _environment(root: Path, options: PeerOptions) -> dict[str, str]:
    """Own home and caches; a package index that answers nobody, so that no other weights come in."""
    return os.environ | {
        "HOME": str(root / "home"),
        "XDG_DATA_HOME": str(root / "home" / "data"),
        "XDG_CONFIG_HOME": str(root / "home" / "config"),
        "XDG_CACHE_HOME": str(root / "cache"),
        "ARGOS_PACKAGES_DIR": str(root / "packages"),
        "ARGOS_PACKAGE_INDEX": "http://127.0.0.1:9/",
        "ARGOS_CHUNK_TYPE": "SPACY",
        "ARGOS_DEVICE_TYPE": "cpu",
        "ARGOS_COMPUTE_TYPE": "int8",
        "ARGOS_BEAM_SIZE": str(options.beam_size),
        "ARGOS_INTER_THREADS": str(options.inter_threads),
        "ARGOS_INTRA_THREADS": str(options.intra_threads),
        "ARGOS_BATCH_SIZE": str(options.batch_tokens),
    }


@contextmanager
def serve(root: Path, source_spm: Path, ct2_dir: Path, options: PeerOptions) -> Iterator[Server]:
    """Install, pack and run LibreTranslate; yields it once it has translated a first sentence."""
    python = install(root)
    pack(root, python, source_spm, ct2_dir)
    (root / "home").mkdir(exist_ok=True)
    port = free_port()
    command = [str(python.parent / "libretranslate"), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--load-only", "ar,en", "--disable-web-ui", "--disable-files-translation"]
    command += ["--threads", str(options.web_threads)]
    with (root / "server.log").open("wb") as output:
        server = subprocess.Popen(
            command, env=_environment(root, options), cwd=root / "home", stdout=output, stderr=output
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(f"{url}/languages", server, seconds=120)
            translate(url, "مرحبا.")  # the model is loaded on first use
            yield Server(url, server.pid)
        finally:
            server.terminate()
            server.wait(timeout=20)


def translate(url: str, text: str) -> str:
    """One article, as any LibreTranslate client sends it."""
    answer = post_json(f"{url}/translate", {"q": text, "source": "ar", "target": "en", "format": "text"})
    return str(answer["translatedText"])
