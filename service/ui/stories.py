"""The page of a story: its summary with sources, its timeline, and putting right what was grouped wrongly."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from service.context import principal, services
from service.errors import Problem
from service.rows import chips, direction
from service.store import inbox, stories
from service.store.inbox import Line, Place
from service.store.stories import NotSplit, Story
from service.ui import story_summary
from service.ui.pages import PageRoute, Sent, go, local, render, sent
from service.ui.wanted import Wanted

#: Stories of about the same time that are offered for merging.
NEAR = 40
#: What an entry is to the story's first one, in words.
KINDS = {
    "first": "first report",
    "copy": "copy",
    "part": "shorter version",
    "fuller": "fuller version",
    "correction": "corrected version",
    "related": "same event",
}
#: What was done, as the address says it after a form.
DONE = {
    "merged": "Merged: the articles of both stories stand here now, and stay together.",
    "split": "Split: these articles are a story of their own now, and stay apart.",
    "unread": "Marked as unread.",
    "whole": "The whole article is being translated. Reload this page in a moment; it will be here to read.",
    "nothing-whole": "There is nothing to translate but the title.",
}


def story(story_id: str) -> Response:
    """The story. Opening it marks it as read by this reader, as it is now. A link to one that was merged with
    another leads there."""
    wanted, caller = Wanted.of(request.args), principal()
    done = request.args.get("done", "")
    with services().database.read() as session:
        line = inbox.line(session, caller.owner, caller.key_id, story_id)
        into = None if line else stories.became(session, caller.owner, story_id)
    if into is not None:
        return Response(
            status=308, headers={"Location": url_for("ui.story", story_id=into, **wanted.choice())}
        )
    if line is None:
        raise _unknown()
    summary = _summary(line.story)
    with services().database.read() as session:
        members = stories.members(session, story_id)
        sentences = story_summary.sentences(session, caller.owner, summary, members)
        newer, older = _beside(session, line.story, wanted)
        near = inbox.near(session, line.story, NEAR)
    if done != "unread" and _was_opened():
        _mark_read(line)
    return render(
        "story.html",
        wanted=wanted,
        line=line,
        story=line.story,
        members=members,
        fresh=_fresh(line, members),
        sentences=sentences,
        newer=newer,
        older=older,
        near=near,
        kinds=KINDS,
        chips=chips,
        direction=direction,
        notice=DONE.get(done, ""),
    )


def mark_story(story_id: str) -> Response:
    """Mark a story as read or unread, star it or take the star away."""
    form, caller, now = sent(), principal(), datetime.now(UTC)
    with services().database.write() as session:
        found = _own(session, story_id)
        match form.one("do"):
            case "read":
                stories.mark_read(session, caller.key_id, found.id, found.revision)
            case "unread":
                stories.mark_unread(session, caller.key_id, found.id)
            case "star":
                stories.star(session, caller.key_id, found.id, now)
            case "unstar":
                stories.star(session, caller.key_id, found.id, None)
            case _:
                raise Problem("invalid", "A story can be read, unread, starred or not.")
        line = inbox.line(session, caller.owner, caller.key_id, found.id)
        unread = inbox.unread(session, caller.owner, caller.key_id)
    assert line is not None
    if request.accept_mimetypes.best == "application/json":
        return jsonify(unread=line.unread, starred=line.starred, count=unread)
    return go(local(form.one("back"), url_for("ui.inbox")))


def merge_stories(story_id: str) -> Response:
    """Put another story's articles into this one."""
    form, owner = sent(), principal().owner
    other = form.one("other").strip().rpartition("/")[2].partition("?")[0]  # an id, or a story's address
    with services().database.write() as session:
        found = _own(session, story_id)
        if not stories.merge(session, owner, found.id, other, datetime.now(UTC)):
            raise Problem(
                "invalid", "Choose another story to merge with; the chosen one isn't there any more."
            )
    return go(_address(found.id, form, "merged"))


def split_story(story_id: str) -> Response:
    """Take the ticked articles out, into a story of their own, and show that."""
    form, owner = sent(), principal().owner
    with services().database.write() as session:
        try:
            new = stories.split(session, owner, story_id, form.many("entry"), datetime.now(UTC))
        except NotSplit as error:
            raise Problem("invalid", f"{error} Tick some of the articles, but not all of them.") from None
    if new is None:
        raise _unknown()
    return go(_address(new, form, "split"))


def _summary(story: Story) -> Mapping[str, Any]:
    """The story's summary; made when it is first asked for, and again when the story has grown."""
    if story.summary is not None and story.summary_revision == story.revision:
        return story.summary
    with services().database.write() as session:
        return stories.summary_of(session, story.owner, story.id) or {"sentences": []}


def _beside(session: Session, story: Story, wanted: Wanted) -> tuple[Story | None, Story | None]:
    """The stories before and after this one in the list that it was opened from."""
    caller, place = principal(), Place.of(story)
    wish, query = wanted.filter(caller.key_id), wanted.readable()
    only = None if query is None else inbox.found(session, caller.owner, query)
    newer = inbox.lines(session, caller.owner, caller.key_id, wish, 1, place, newer=True, only=only)
    older = inbox.lines(session, caller.owner, caller.key_id, wish, 1, place, only=only)
    return newer[0].story if newer else None, older[0].story if older else None


def _was_opened() -> bool:
    """Whether somebody looks at the page now; browsers fetch pages ahead too."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "GET" and "prefetch" not in ahead


def _mark_read(line: Line) -> None:
    if line.unread:
        with services().database.write(durable=False) as session:
            if stories.get(session, line.story.owner, line.story.id) is not None:
                stories.mark_read(session, principal().key_id, line.story.id, line.story.revision)


def _fresh(line: Line, members: list[stories.Member]) -> frozenset[str]:
    """The entries that came in last, as many as the reader hasn't seen."""
    latest = sorted(members, key=lambda member: (member.entry.seen, member.entry.id), reverse=True)
    return frozenset(member.entry.id for member in latest[: line.fresh])


def _own(session: Session, story_id: str) -> Story:
    found = stories.get(session, principal().owner, story_id)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Problem:
    return Problem("not_found", "There is no story with this id; its articles may have been deleted.")


def _address(story_id: str, form: Sent, done: str) -> str:
    """The story's page, with the list that the form's page was opened from."""
    choice = Wanted.of({name: form.one(name) for name in Wanted.__slots__}).choice()
    return url_for("ui.story", story_id=story_id, done=done, **choice)


PAGES = (
    PageRoute("GET", "/stories/<story_id>", story),
    PageRoute("POST", "/stories/<story_id>/marks", mark_story),
    PageRoute("POST", "/stories/<story_id>/merge", merge_stories),
    PageRoute("POST", "/stories/<story_id>/split", split_story),
)
