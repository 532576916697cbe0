"""Hypothesis profiles: `MUJAZ_HYPOTHESIS=thorough` for long runs; machines differ, so no deadlines."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "thorough", parent=settings.get_profile("default"), max_examples=2000, print_blob=True
)
settings.load_profile(os.environ.get("MUJAZ_HYPOTHESIS", "default"))
