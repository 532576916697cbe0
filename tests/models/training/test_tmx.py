import gzip
from pathlib import Path

import pytest

from models.training.errors import DataError
from models.training.pairs import read_pairs
from models.training.tmx import Unit, read_units

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n'
BODY = """<tmx version="1.4"><header srclang="ar"/><body>
<tu><tuv xml:lang="ar-SA"><seg>زار الوزير المدرسة.</seg></tuv>
<tuv xml:lang="EN-gb"><seg>The minister visited the school.</seg></tuv></tu>
<tu><tuv lang="en"><seg>Open <bpt i="1">&lt;b&gt;</bpt>the <hi>door</hi><ept i="1">&lt;/b&gt;</ept>
now.</seg></tuv>
<tuv lang="ar"><seg>افتح الباب<ph>{0}</ph>
 الآن.</seg></tuv></tu>
<tu><tuv xml:lang="ar"><seg>وحيد</seg></tuv><tuv xml:lang="fr"><seg>Seul</seg></tuv></tu>
<tu><tuv xml:lang="en_US"><seg>Alone</seg></tuv></tu>
</body></tmx>"""


def write(folder: Path, text: str, name: str = "memory.tmx") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


@pytest.mark.parametrize("name", ["memory.tmx", "memory.tmx.gz", "MEMORY.TMX"])
def test_units_in_order_without_inline_codes(tmp_path: Path, name: str) -> None:
    units = list(read_units(write(tmp_path, HEAD + BODY, name)))
    assert [(u.source, u.target) for u in units] == [
        ("زار الوزير المدرسة.", "The minister visited the school."),
        ("افتح الباب الآن.", "Open the door now."),
        ("وحيد", None),
        (None, "Alone"),
    ]


def test_missing_variants_are_listed(tmp_path: Path) -> None:
    reading = read_pairs([write(tmp_path, HEAD + BODY)])
    assert len(reading.pairs) == 2
    assert reading.reasons() == {"no English variant": 1, "no Arabic variant": 1}


ENTITY = (
    '<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><tmx><body><tu>'
    '<tuv xml:lang="ar"><seg>&c;</seg></tuv></tu></body></tmx>'
)
EXTERNAL = (
    '<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/hostname">]><tmx><body><tu>'
    '<tuv xml:lang="ar"><seg>&x;</seg></tuv></tu></body></tmx>'
)


@pytest.mark.parametrize("text", [ENTITY, EXTERNAL], ids=["nested", "external"])
def test_entities_of_a_file_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="entities"):
        list(read_units(write(tmp_path, text)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<tmx><body><tu>", "not well-formed"),
        ("", "not well-formed"),
        ("<html><body/></html>", "not TMX"),
        ("plain text", "not well-formed"),
    ],
)
def test_broken_files_name_themselves(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(read_units(write(tmp_path, text)))


def test_caps(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + BODY)
    with pytest.raises(DataError, match="more than 2 units"):
        list(read_units(path, max_units=2))
    with pytest.raises(DataError, match="size"):
        list(read_units(path, max_bytes=100))


def test_a_long_file_is_read_as_a_stream(tmp_path: Path) -> None:
    unit = '<tu><tuv xml:lang="ar"><seg>نعم</seg></tuv><tuv xml:lang="en"><seg>Yes</seg></tuv></tu>\n'
    units = list(read_units(write(tmp_path, f"<tmx><body>\n{unit * 3000}</body></tmx>")))
    assert len(units) == 3000
    assert units[0] == Unit(2, "نعم", "Yes")
    assert units[-1].line == 3001
