"""A body for each operation that has one, which /docs fills in and anybody can send as it is."""

from typing import Any

_NAME = "Cairo desk"
_QUERY = "القمح OR wheat"
_TEXT = "اجتمع وزراء الزراعة العرب في عمان يوم الأحد لبحث أسعار القمح. وسيعقد الاجتماع المقبل في آذار."

JSON: dict[tuple[str, str], Any] = {
    ("POST", "/v1/summaries"): {"title": "اجتماع في عمان", "text": _TEXT, "sentences": 1},
    ("POST", "/v1/translations"): {"texts": ["وصل الوفد إلى بيروت.", "انتهى الاجتماع."]},
    ("POST", "/v1/detect"): {"texts": ["صباح الخير", "گفت که می‌آید"]},
    ("POST", "/v1/batches"): {"items": [{"text": "وصل الوفد إلى بيروت يوم السبت.", "custom_id": "beirut"}]},
    ("POST", "/v1/webhooks"): {"url": "https://hooks.example.org/mujaz", "events": ["batch.finished"]},
    ("POST", "/v1/feeds"): {"url": "https://news.example.org/", "folder": "Egypt"},
    ("PATCH", "/v1/feeds/<feed_id>"): {"folder": "Egypt", "depth": "article", "zone": "Africa/Cairo"},
    ("POST", "/v1/digests"): {"stories": 10, "zone": "Asia/Riyadh"},
    ("POST", "/v1/digest-plans"): {"hours": ["07:00", "18:00"], "zone": "Asia/Riyadh"},
    ("PATCH", "/v1/digest-plans/<plan_id>"): {"active": False},
    ("POST", "/v1/outlets"): {"title": "Egypt in English", "kind": "folder", "target": "Egypt"},
    ("PATCH", "/v1/outlets/<outlet_id>"): {"title": "Egypt"},
    ("PATCH", "/v1/stories/<story_id>"): {"read": True},
    ("POST", "/v1/stories/<story_id>/merge"): {"other": "sto_01kb6f0d7w3m5n8q2r4t6v9xyz"},
    ("POST", "/v1/stories/<story_id>/split"): {"entries": ["ent_01kb6f0d7w3m5n8q2r4t6v9xyz"]},
    ("POST", "/v1/watches"): {"name": "Wheat", "query": _QUERY, "throttle_minutes": 30},
    ("PATCH", "/v1/watches/<watch_id>"): {"query": _QUERY},
    ("POST", "/v1/watch-preview"): {"query": _QUERY, "days": 30},
    ("POST", "/v1/glossaries"): {"name": "desk", "entries": [{"source": "قسد", "target": "the SDF"}]},
    ("PUT", "/v1/glossaries/<glossary_id>"): {"name": "desk", "tsv": "قسد\tthe SDF\n"},
    ("POST", "/v1/keys"): {"name": _NAME, "team": "news", "scopes": ["translate"]},
}
#: Bodies that are a file, by content type.
FILES = {
    "text/plain": _TEXT,
    "text/html": f"<html><body><article><h1>اجتماع في عمان</h1><p>{_TEXT}</p></article></body></html>",
    "text/tab-separated-values": "قسد\tthe SDF\n",
    "text/csv": "قسد,the SDF\n",
    "application/x-ndjson": '{"text": "وصل الوفد إلى بيروت يوم السبت.", "custom_id": "beirut"}\n',
    "text/x-opml": '<opml version="2.0"><body><outline text="News" xmlUrl="https://news.example.org/rss"/>'
    "</body></opml>",
}
