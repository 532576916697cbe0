"""The native API, version 1. One module a topic; `ROUTES` is all of them."""

from service.api import (
    articles,
    batches,
    detect,
    glossaries,
    health,
    jobs,
    keys,
    metrics,
    models,
    summaries,
    translations,
    usage,
    webhooks,
)

ROUTES = (
    *summaries.ROUTES,
    *articles.ROUTES,
    *translations.ROUTES,
    *detect.ROUTES,
    *jobs.ROUTES,
    *batches.ROUTES,
    *webhooks.ROUTES,
    *models.ROUTES,
    *glossaries.ROUTES,
    *keys.ROUTES,
    *usage.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
)
