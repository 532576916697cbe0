"""The migrations. `HEAD` is the newest, told here so that a start needn't read them all; a test compares."""

HEAD = "0011"
