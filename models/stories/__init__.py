"""Which reports tell the same story: copies, cut and corrected versions, and other wordings of one event.

`fingerprint` takes a report apart, `profile` says how much each of its terms tells, `compare` says what one
report is to another, `choose` which story it belongs to, `relation` what it is to the first one there, and
`still` whether one that was changed is the same. What is kept of a report between two comparisons
is a `Profile`; where it is kept, and who is compared with whom, is the caller's concern.
"""

from models.stories.compare import Kinship, Relation, Thresholds, choose, compare, relation, still
from models.stories.fingerprint import Fingerprint, fingerprint
from models.stories.profile import Profile, anchors, key, profile

__all__ = [
    "Fingerprint",
    "Kinship",
    "Profile",
    "Relation",
    "Thresholds",
    "anchors",
    "choose",
    "compare",
    "fingerprint",
    "key",
    "profile",
    "relation",
    "still",
]
