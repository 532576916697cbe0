"""Models on their way in and out: download, conversion, check, removal. The only network code of `models`.

pull.py       the whole way of one model from the Hub, or from a local folder, to an installed folder
download.py   the files, resumably, with the Hub's own client
convert.py    CTranslate2 weights, in a process of its own
verify.py     checksums, and a self-check against reference translations
"""
