"""/v1/stories: what was reported, each event once; and putting right what was grouped wrongly."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from service.api import idempotency, queries
from service.api.feed_schemas import EntryTitleJson
from service.api.requests import answer, invalid, reads
from service.api.routes import Route
from service.api.story_schemas import (
    MergeRequest,
    SplitRequest,
    StoryEntryJson,
    StoryJson,
    StoryList,
    StoryMarks,
    StoryPath,
    StoryQuery,
    StorySummaryJson,
    WholeStoryJson,
)
from service.context import principal, services
from service.errors import FieldError, Problem
from service.store import inbox, stories
from service.store.stories import Mark, Member, NotSplit, Story, StoryFilter


@reads()
def list_stories(query: StoryQuery) -> Response:
    """List stories, those with the latest entry first."""
    caller = principal()
    wanted = StoryFilter(
        query.folder, query.feed_id, query.since, query.until, caller.key_id, query.unread, query.starred
    )
    asked = None if query.q is None else queries.parsed(query.q)
    with services().database.read() as session:
        only = None if asked is None else inbox.found(session, caller.owner, asked)
        try:
            found = stories.page(session, caller.owner, wanted, query.limit + 1, query.after, only=only)
        except ValueError:
            raise invalid(FieldError("/after", "is not the `next` of a page")) from None
        page = found[: query.limit]
        items = _shown(session, page)
    after = stories.cursor(page[-1]) if len(found) > len(page) else None
    return answer(StoryList(items=items, next=after))


@reads()
def get_story(path: StoryPath) -> Response:
    """Read a story: its timeline, and one summary over all of its articles.

    The summary's sentences are the articles' own, each with the places where it stands. It is made when it is
    first asked for and kept until something is added to the story. A story that was merged into another is
    answered with 308 and where that is.
    """
    with services().database.read() as session:
        into = stories.became(session, principal().owner, path.story_id)
        if into is not None:
            return Response(status=308, headers={"Location": f"{request.script_root}/v1/stories/{into}"})
        story = _own(session, path.story_id)
        if story.summary is not None and story.summary_revision == story.revision:
            return answer(_whole(session, story, story.summary))
    with services().database.write() as session:
        story = _own(session, path.story_id)
        summary = stories.summary_of(session, story.owner, story.id)
        return answer(_whole(session, story, summary or {"method": "", "sentences": []}))


@reads()
def mark_story(path: StoryPath, body: StoryMarks) -> Response:
    """Mark a story as read or unread, star it or take the star away; for this key alone."""
    reader = principal().key_id
    with services().database.write() as session:
        story = _own(session, path.story_id)
        if body.read is not None:
            if body.read:
                stories.mark_read(session, reader, story.id, story.revision)
            else:
                stories.mark_unread(session, reader, story.id)
        if body.starred is not None:
            stories.star(session, reader, story.id, datetime.now(UTC) if body.starred else None)
        return answer(_shown(session, [story])[0])


@reads()
def merge_stories(path: StoryPath, body: MergeRequest) -> Response:
    """Put all entries of another story into this one; the other is gone then.

    They stay there, whatever the grouping would say.
    """
    owner = principal().owner
    with services().database.write() as session:
        story = _own(session, path.story_id)
        if not stories.merge(session, owner, story.id, body.other, datetime.now(UTC)):
            raise invalid(FieldError("/other", "is not another story of yours"))
        response = answer(_shown(session, [_own(session, story.id)])[0])
        idempotency.keep(session, response)
        return response


@reads()
def split_story(path: StoryPath, body: SplitRequest) -> Response:
    """Take entries out of a story into a new one, which is answered.

    The two stay apart: no entry of one is put into the other again, unless they are merged by hand.
    """
    owner = principal().owner
    with services().database.write() as session:
        story = _own(session, path.story_id)
        try:
            new = stories.split(session, owner, story.id, body.entries, datetime.now(UTC))
        except NotSplit as error:
            raise invalid(FieldError("/entries", str(error))) from None
        response = answer(_shown(session, [_own(session, new or "")])[0])
        response.status_code = 201
        response.headers["Location"] = f"{request.script_root}/v1/stories/{new}"
        idempotency.keep(session, response)
        return response


def _own(session: Session, story_id: str) -> Story:
    owner = principal().owner
    story = stories.get(session, owner, story_id)
    if story is None:
        into = stories.became(session, owner, story_id)
        merged = f" any more: it was merged into {into}" if into else ""
        raise Problem("not_found", f"There is no story with this id{merged}.")
    return story


def _shown(session: Session, found: Sequence[Story]) -> list[StoryJson]:
    marks = stories.marks(session, principal().key_id, found)
    return [StoryJson.model_validate(_fields(story, marks[story.id])) for story in found]


def _whole(session: Session, story: Story, summary: dict[str, Any]) -> WholeStoryJson:
    mark = stories.marks(session, principal().key_id, [story])[story.id]
    timeline = [_member(member) for member in stories.members(session, story.id)]
    return WholeStoryJson.model_validate(
        _fields(story, mark) | {"timeline": timeline, "summary": StorySummaryJson.model_validate(summary)}
    )


def _fields(story: Story, mark: Mark) -> dict[str, Any]:
    return {
        "id": story.id,
        "title": EntryTitleJson(ar=story.title, en=story.title_en),
        "first_entry_id": story.first_entry_id,
        "first_published": story.first_published,
        "last_published": story.last_published,
        "entries": story.entries,
        "sources": story.sources,
        "flags": story.flags,
        "revision": story.revision,
        "unread": mark.unread,
        "starred": mark.starred is not None,
        "created": story.created,
        "updated": story.updated,
    }


def _member(member: Member) -> StoryEntryJson:
    entry = member.entry
    return StoryEntryJson.model_validate(
        {
            "id": entry.id,
            "feed_id": entry.feed_id,
            "source": member.feed_title,
            "link": entry.url,
            "title": EntryTitleJson(ar=entry.title, en=entry.title_en),
            "published": member.published,
            "article_id": member.article_id,
            "kind": member.kind,
            "by_hand": member.by_hand,
            "flags": member.flags,
        }
    )


_PATH = "/v1/stories/<story_id>"
ROUTES = (
    Route("GET", "/v1/stories", list_stories, StoryList, "stories", scope="feeds"),
    Route("GET", _PATH, get_story, WholeStoryJson, "stories", scope="feeds"),
    Route("PATCH", _PATH, mark_story, StoryJson, "stories", scope="feeds"),
    Route("POST", f"{_PATH}/merge", merge_stories, StoryJson, "stories", scope="feeds"),
    Route("POST", f"{_PATH}/split", split_story, StoryJson, "stories", scope="feeds", status=201),
)
