"""What HTML elements mean for translation: which end a sentence, which hold no text, which are left alone."""

from models.wordlists import word_set

#: A sentence never goes on across the start or end of one of these. `br` is among them: in news pages, poems
#: and addresses it ends a line that is meant to stand.
SPLITTING = word_set("""
address article aside base blockquote body br button canvas caption center col colgroup datalist dd details
dialog dir div dl dt fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header
hgroup hr html legend li link main map menu meta nav noscript ol optgroup option p pre search section select
summary table tbody td template tfoot th thead title tr ul
""")
#: Elements without end tag.
VOID = word_set("""
area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr
""")
#: The tokenizer of a browser reads no tags inside these; none of their content is prose for the reader.
RAW = word_set("script style xmp iframe noembed noframes textarea plaintext")
#: Text without tags inside.
TEXT_ONLY = word_set("title")
#: Content that is copied: code of all kinds, drawings, formulas.
VERBATIM = word_set("code kbd samp var tt svg math")
#: Set above or below the line: a note mark when it holds no letters of the text's language.
RAISED = word_set("sup sub")
#: White space inside counts.
PREFORMATTED = word_set("pre listing")
#: Seen on the page, so the space on either side of it counts.
VISIBLE = word_set("img input embed object video audio picture svg math code kbd samp var tt")
