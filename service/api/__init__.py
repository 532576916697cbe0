"""The native API, version 1. One module a topic; `ROUTES` is all of them."""

from service.api import detect, glossaries, health, keys, metrics, models, summaries, translations, usage

ROUTES = (
    *summaries.ROUTES,
    *translations.ROUTES,
    *detect.ROUTES,
    *models.ROUTES,
    *glossaries.ROUTES,
    *keys.ROUTES,
    *usage.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
)
