"""Telling others that work has ended: how a message is signed (`signing.py`), and how it gets there
(`deliverer.py`, `turns.py`). Which messages there are to send is in the store."""
