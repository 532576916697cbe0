"""The native API, version 1. One module a topic; `ROUTES` is all of them."""

from service.api import (
    articles,
    batches,
    detect,
    entries,
    feeds,
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
    *feeds.ROUTES,
    *entries.ROUTES,
    *models.ROUTES,
    *glossaries.ROUTES,
    *keys.ROUTES,
    *usage.ROUTES,
    *health.ROUTES,
    *metrics.ROUTES,
)
