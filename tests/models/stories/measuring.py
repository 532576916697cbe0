"""Groups reports as they come in, as the service does, and counts which pairs were put together rightly."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from models import stories
from models.stories import Profile
from tests.models.stories.made_set import Report


@dataclass(frozen=True)
class Measured:
    """Of pairs of reports: `together` were put into one story, `right` of them belong there, `wanted` do in
    all. `by_kind` has (found, all) of the pairs of a first report and its version, by what the version is."""

    together: int
    right: int
    wanted: int
    by_kind: dict[str, tuple[int, int]]

    @property
    def precision(self) -> float:
        return self.right / self.together

    @property
    def recall(self) -> float:
        return self.right / self.wanted


def halves(reports: Sequence[Report]) -> tuple[list[Report], list[Report]]:
    """One to tune on and one to report on; stories in the same words are in the same half."""
    families = list(dict.fromkeys(report.family for report in reports))
    odd = set(families[1::2])
    return [r for r in reports if r.family not in odd], [r for r in reports if r.family in odd]


def grouped(reports: Sequence[Report]) -> list[str]:
    """The story that each report is put into; reports come in their order."""
    occurs: Counter[str] = Counter()
    profiles: list[Profile] = []
    found: list[str] = []
    for n, report in enumerate(reports):
        taken = stories.fingerprint(report.title, report.text)
        profile = stories.profile(taken, occurs, n)
        occurs.update(list(taken.terms))
        others = [(found[i], _hours(report, reports[i]), profiles[i]) for i in range(n)]
        choice = stories.choose(profile, [o for o in others if o[1] <= stories.Thresholds().hours])
        found.append(str(n) if choice is None else choice[0])
        profiles.append(profile)
    return found


def _hours(one: Report, other: Report) -> float:
    return abs((one.published - other.published).total_seconds()) / 3600


def measure(reports: Sequence[Report], found: Sequence[object]) -> Measured:
    """Compare where reports were put with the stories that they tell."""
    pairs = list(combinations(range(len(reports)), 2))
    together = [(i, j) for i, j in pairs if found[i] == found[j]]
    wanted = [(i, j) for i, j in pairs if reports[i].story == reports[j].story]
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    for i, j in wanted:
        if reports[i].kind == "first":
            kinds[reports[j].kind].append(found[i] == found[j])
    return Measured(
        len(together),
        sum(reports[i].story == reports[j].story for i, j in together),
        len(wanted),
        {kind: (sum(hits), len(hits)) for kind, hits in kinds.items()},
    )
