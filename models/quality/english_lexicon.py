"""The number words, months and weekdays of English, in lower case."""

UNITS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9,
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9,
}  # fmt: skip
TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "tenth": 10, "eleventh": 11, "twelfth": 12,
    "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
    "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70,
    "eightieth": 80, "ninetieth": 90,
}  # fmt: skip
SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "thousandth": 1e3}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12}
#: Not numbers themselves, but faithful renderings of one.
WORDS = {
    "both": (2,), "pair": (2,), "pairs": (2,), "couple": (2,), "twice": (2,), "double": (2,), "doubled": (2,),
    "dual": (2,), "twin": (2,), "secondly": (2,), "either": (2,), "bilateral": (2,), "half": (0.5, 2, 30),
    "halves": (0.5, 2), "quarter": (0.25, 4, 15), "quarters": (0.75, 4), "thirds": (3, 0.666667),
    "triple": (3,), "tripled": (3,), "trio": (3,), "threefold": (3,), "tripartite": (3,), "fourfold": (4,),
    "dozen": (12,), "dozens": (12, 10), "tens": (10,), "hundreds": (100,),
    "thousands": (1e3,), "millions": (1e6,),
    "billions": (1e9,), "trillions": (1e12,), "decade": (10,), "century": (100,), "fortnight": (14,),
    "noon": (12,),
    "midnight": (12, 0), "once": (1,), "single": (1,), "firstly": (1,), "thirdly": (3,), "quadruple": (4,),
    "quartet": (4,), "quintet": (5,), "twenties": (20, 1920), "thirties": (30, 1930), "forties": (40, 1940),
    "fifties": (50, 1950), "sixties": (60, 1960), "seventies": (70, 1970), "eighties": (80, 1980),
    "nineties": (90, 1990), "fifths": (5,), "eighths": (8,), "tenths": (10,), "centenary": (100,),
}  # fmt: skip
#: Parts of a whole, which may answer a percentage.
SHARES = {
    "half": (0.5,), "halves": (0.5,), "quarter": (0.25,), "quarters": (0.25, 0.75), "third": (1 / 3,),
    "thirds": (1 / 3, 2 / 3), "fourth": (0.25,), "fifth": (0.2,), "fifths": (0.4, 0.6, 0.8),
    "sixth": (1 / 6,), "eighth": (0.125,), "tenth": (0.1,), "tenths": (0.3, 0.7, 0.9),
}  # fmt: skip
MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
    "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4,
    "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
    "muharram": 101, "moharram": 101, "safar": 102, "rajab": 107, "shaban": 108, "sha'ban": 108,
    "shaaban": 108, "sha'aban": 108, "ramadan": 109, "ramadhan": 109, "ramzan": 109, "shawwal": 110,
    "shawal": 110,
}  # fmt: skip
#: Words and names too: a month only beside a number.
DOUBTFUL_MONTHS = frozenset(
    (
        "march", "may", "april", "june", "august", "jan", "mar", "apr", "jun", "jul", "sep", "dec",
        *(name for name, month in MONTHS.items() if month > 100),
    )
)  # fmt: skip
WEEKDAYS = {
    "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
}  # fmt: skip
#: The compound names of Hijri months, by the group of `HIJRI` that matched.
HIJRI_MONTHS = {"r1": 103, "r2": 104, "j1": 105, "j2": 106, "q": 111, "h": 112}
