"""Training and fine-tuning of Marian translation models from parallel text.

    pairs, tmx      parallel text from TSV or TMX, with every rejected line and the reason
    vocabulary      SentencePiece models of both sides and the joint vocabulary
    batches         length-bucketed batches by a token budget, the same for the same seed and epoch
    network, loss   the Marian network, and the label-smoothed loss
    schedule        learning rate: warm-up, hold, decay
    loop            the loop: weight averaging, development loss, early stop, time budget
    checkpoint      everything a run needs to go on at the very step
    export          a transformers folder and CTranslate2 files
    scoring         chrF with a paired bootstrap
    scratch, finetune   the two whole jobs behind `mujaz train` and `mujaz finetune`

torch, transformers, ctranslate2 and sacrebleu are imported inside functions, when they are needed.
The clock comes from the caller: a time budget is nothing the text-only package should look up itself.
"""
