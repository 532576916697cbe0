"""The native API, version 1. One module a topic; `ROUTES` is all of them."""

from service.api import detect, health, models, summaries, translations

ROUTES = (*summaries.ROUTES, *translations.ROUTES, *detect.ROUTES, *models.ROUTES, *health.ROUTES)
