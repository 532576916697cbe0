"""What Prometheus reads at /metrics. Labels are few and bounded: routes as templates, no key, no address.

Counters are counted where things happen; gauges are asked for when somebody reads them.
"""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

#: Paths that aren't ours, and methods that nobody uses, share a label: callers can't make new series.
OTHER = "other"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Why requests are refused although nothing is wrong with them.
REASONS = ("rate", "quota", "concurrency", "busy")
#: How looks at feeds end.
LOOKS = ("read", "unchanged", "failed", "gone")
#: Seconds: from an answer out of the cache to a long article on a slow machine.
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)

Numbers = Callable[[], Mapping[str, int]]


class _Asked(Collector):
    """A gauge with one label whose values are asked for at each reading."""

    def __init__(self, name: str, text: str, label: str, numbers: Numbers) -> None:
        self._head = (name, text, label)
        self._numbers = numbers

    def collect(self) -> Iterable[GaugeMetricFamily]:
        name, text, label = self._head
        family = GaugeMetricFamily(name, text, labels=[label])
        for value, number in self._numbers().items():
            family.add_metric([value], number)
        yield family


class Metrics:
    """The metrics of one service, in a registry of their own. Thread-safe."""

    def __init__(self) -> None:
        # A second series for each counter would say what Prometheus sees by itself.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        registry = self._registry = CollectorRegistry()
        self._requests = Counter(
            "mujaz_requests", "Requests answered.", ["route", "method", "status"], registry=registry
        )
        self._seconds = Histogram(
            "mujaz_request_seconds", "Time to answer.", ["route"], buckets=BUCKETS, registry=registry
        )
        self._segments = Counter("mujaz_segments", "Segments translated, cached ones too.", registry=registry)
        self._cached = Counter(
            "mujaz_cached_segments", "Segments that came from the cache.", registry=registry
        )
        self._characters = Counter(
            "mujaz_source_characters", "Code points of source text translated.", registry=registry
        )
        self._refusals = Counter(
            "mujaz_refusals",
            "Requests refused: rate, quota, concurrency, busy.",
            ["reason"],
            registry=registry,
        )
        self._looks = Counter(
            "mujaz_feed_looks", "Looks at feeds, by how they ended.", ["result"], registry=registry
        )
        for result in LOOKS:
            self._looks.labels(result)
        #: Event streams open now: `inc` and `dec` by whoever serves them.
        self.event_streams = Gauge("mujaz_event_streams", "Event streams open.", registry=registry)
        for reason in REASONS:
            self._refusals.labels(reason)  # 0 from the start: an alert needs no first refusal
        ProcessCollector(registry=registry)

    def ask(self, name: str, text: str, label: str, numbers: Numbers) -> None:
        """Add a gauge `mujaz_NAME`; `numbers` gives a value for each value of `label`, at each reading."""
        self._registry.register(_Asked(f"mujaz_{name}", text, label, numbers))

    def answered(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """`route` as its template; None for a path that isn't ours."""
        route = route or OTHER
        self._requests.labels(route, method if method in METHODS else OTHER, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def translated(self, segments: int, cached: int, characters: int) -> None:
        """Work that was done: for a caller who waits, or for a job."""
        self._segments.inc(segments)
        self._cached.inc(cached)
        self._characters.inc(characters)

    def looked(self, result: str) -> None:
        """A look at a feed ended, as one of `LOOKS` says."""
        self._looks.labels(result).inc()

    def refused(self, reason: str) -> None:
        self._refusals.labels(reason).inc()

    def text(self) -> bytes:
        """All of it in Prometheus's text format."""
        return generate_latest(self._registry)
