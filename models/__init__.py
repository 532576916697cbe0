"""Arabic text in, English text out: segmentation, translation, checks and summaries, without any I/O.

Nothing here imports Flask, SQL, YAML, reads an environment variable or looks at the clock; the network is
used by `models.weights` alone. Importing this package loads no model and no heavy library.
(These are translation *models*; database tables live in `service/store`.)
"""
