"""Accepted work: who does it (`executor.py`, `local.py`), what it has to tell meanwhile (`live.py`), and how
it is written down (`orders.py`)."""
