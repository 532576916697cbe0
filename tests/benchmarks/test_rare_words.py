from benchmarks.rare_words import lacking


def test_what_the_pairs_have_seldom_comes_first() -> None:
    text = ["ناقش الوزير الميزانية"] * 3 + ["قال الوزير إن الموازنة أقرت"] * 4 + ["وزارة"]
    pairs = ["وصل وزير", "الوزير قال", "ميزانية"]
    assert lacking(text, pairs, often=3, seldom=2) == [
        ("أقرت", 4, 0),
        ("الموازنة", 4, 0),
        ("ناقش", 3, 0),
        ("قال", 4, 1),
        ("الميزانية", 3, 1),
    ]
