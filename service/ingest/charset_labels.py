"""The encodings that files may be declared in, under the names of the WHATWG Encoding Standard (chapter 4.2).

A fixed list: whoever sends a file names its charset, and Python has codecs that take time with the square of
the text (punycode), that make half surrogate pairs (utf-7, unicode_escape), or that aren't for text at all.
Of what the standard has, ISO-8859-1 with its kin is left out, which is what servers say without knowing, and
in which nothing Arabic can be written; and so are the Japanese, Korean and Chinese encodings with escape
sequences. What it lacks and Arabic files come in is added.
"""

import re

#: A line for each encoding: Python's name of it, and its labels.
_LABELS = """
utf-8: unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8 u8 utf_8
utf-16-be: unicodefffe utf-16be utf-16-be utf_16_be
utf-16-le: csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf16 utf-16le utf-16-le utf_16_le
utf-32-be: utf-32be utf-32-be utf_32_be
utf-32-le: utf-32 utf32 utf-32le utf-32-le utf_32_le
cp1256: cp1256 windows-1256 windows1256 x-cp1256
iso8859-6: arabic asmo-708 csiso88596e csiso88596i csisolatinarabic ecma-114 iso-8859-6 iso-8859-6-e
    iso-8859-6-i iso-ir-127 iso8859-6 iso88596 iso_8859-6 iso_8859-6:1987
cp720: cp720 ibm720 dos-720
cp864: cp864 ibm864 csibm864 864
mac-arabic: mac-arabic mac_arabic macarabic x-mac-arabic
cp866: 866 cp866 csibm866 ibm866
iso8859-2: csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 iso_8859-2:1987 l2 latin2
iso8859-3: csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 iso_8859-3 iso_8859-3:1988 l3 latin3
iso8859-4: csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 iso_8859-4 iso_8859-4:1988 l4 latin4
iso8859-5: csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595 iso_8859-5 iso_8859-5:1988
iso8859-7: csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 iso8859-7 iso88597
    iso_8859-7 iso_8859-7:1987 sun_eu_greek
iso8859-8: csiso88598e csisolatinhebrew hebrew iso-8859-8 iso-8859-8-e iso-ir-138 iso8859-8 iso88598
    iso_8859-8 iso_8859-8:1988 visual csiso88598i iso-8859-8-i logical
iso8859-10: csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 iso885910 l6 latin6
iso8859-13: iso-8859-13 iso8859-13 iso885913
iso8859-14: iso-8859-14 iso8859-14 iso885914
iso8859-15: csisolatin9 iso-8859-15 iso8859-15 iso885915 iso_8859-15 l9
iso8859-16: iso-8859-16
koi8-r: cskoi8r koi koi8 koi8-r koi8_r
koi8-u: koi8-ru koi8-u
mac-roman: csmacintosh mac macintosh x-mac-roman
mac-cyrillic: x-mac-cyrillic x-mac-ukrainian
cp874: dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874
cp1250: cp1250 windows-1250 x-cp1250
cp1251: cp1251 windows-1251 x-cp1251
cp1253: cp1253 windows-1253 x-cp1253
cp1254: cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 l5 latin5 windows-1254
    x-cp1254
cp1255: cp1255 windows-1255 x-cp1255
cp1257: cp1257 windows-1257 x-cp1257
cp1258: cp1258 windows-1258 x-cp1258
gb18030: chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 x-gbk gb18030
big5hkscs: big5 big5-hkscs cn-big5 csbig5 x-x-big5
euc_jp: cseucpkdfmtjapanese euc-jp x-euc-jp
cp932: csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis
cp949: cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601
    windows-949
"""
_CODECS = {
    label: codec
    for codec, labels in re.findall(r"^(\S+): ((?:.|\n )+)$", _LABELS, re.MULTILINE)
    for label in labels.split()
}


def codec(label: str | None) -> str | None:
    """Python's name of the encoding that a label means; None for what isn't on the list."""
    return _CODECS.get((label or "").strip().lower())
