"""Editions as HTML: a fragment for a page, a document for mail and files, the content of a feed's item."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.editions import legal, look, words
from service.editions.brief import Brief
from service.editions.digest import Content
from service.editions.look import Look
from service.editions.schedule import zone_of


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service.editions"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "legal": legal.text,
        "address": lambda url: legal.address(url) or "#",
        "count": words.count,
        "reports": words.reports,
    }
    return made


def fragment(content: Content, base: str = "") -> Markup:
    """The digest as a part of a page, without its title. Elements have classes such as `digest-story`; `base`
    is the path or address before `/stories/…`."""
    return _body(content, base, look.on_page)


def document(content: Content, base: str | None = None, digest_id: str | None = None) -> str:
    """The digest as a whole document: for mail, and to be opened or printed. Without `base` (the service's
    address) nothing in it leads to the service."""
    return _environment().get_template("document.html").render(
        content=content,
        body=_body(content, base, look.in_mail),
        look=look.in_mail,
        darks=look.DARK.items(),
        digest_url=f"{base}/digests/{digest_id}" if base is not None and digest_id else None,
    )  # fmt: skip


def story(brief: Brief) -> str:
    """What a feed's item says: the summary in English and Arabic, and who reports it."""
    made = _environment().get_template("story.html").render(brief=brief, look=look.bare)
    return "\n".join(line for line in made.splitlines() if line.strip())


def _body(content: Content, base: str | None, style: Look) -> Markup:
    zone = zone_of(content.zone)
    made = _environment().get_template("digest.html").render(
        content=content,
        base=base,
        look=style,
        facts=words.facts(content),
        moment=lambda when: words.moment(when, content.until, zone),
    )  # fmt: skip
    return Markup("\n".join(line for line in made.splitlines() if line.strip()))
