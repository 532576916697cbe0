"""Following feeds: when to poll, what is new, and what becomes of it."""
