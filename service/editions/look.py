"""How editions look. Mail programs drop style sheets, so what mail shows is styled element by element; pages
have classes and a style sheet of their own. Dark colours are for programs that do read the sheet: without it
the light ones stay legible, as every element that has a background has a colour too."""

from collections.abc import Callable

from markupsafe import Markup

_SERIF = "Charter,'Iowan Old Style',Georgia,serif"
_NASKH = "'Noto Naskh Arabic','Geeza Pro','Traditional Arabic','Segoe UI',Tahoma,serif"
_SANS = "system-ui,-apple-system,'Segoe UI',Roboto,sans-serif"

#: Element of an edition -> its style in mail.
LIGHT = {
    "body": "margin:0;padding:0;background:#f4f2ed;color:#1c1f23",
    "page": f"max-width:640px;margin:0 auto;padding:24px 20px;background:#ffffff;color:#1c1f23;"
    f"font:16px/1.55 {_SERIF};text-align:left;overflow-wrap:break-word",
    "title": "margin:0 0 8px;font-size:24px;line-height:1.25;font-weight:600",
    "facts": f"margin:0 0 8px;font:14px/1.5 {_SANS};color:#555c64",
    "section": f"margin:32px 0 12px;padding:10px 0 0;border-top:2px solid #c9c5bb;"
    f"font:600 13px/1.4 {_SANS};letter-spacing:.06em;text-transform:uppercase;color:#555c64",
    "story": "margin:0 0 28px",
    "headline": "margin:0 0 4px;font-size:19px;line-height:1.3;font-weight:600",
    "meta": f"margin:0 0 8px;font:13px/1.5 {_SANS};color:#555c64",
    "meta_inline": f"font:13px/1.5 {_SANS};color:#555c64",
    "en": "margin:0 0 8px",
    "ar": f"margin:10px 0;padding:2px 12px 2px 0;border-right:3px solid #d8d4ca;direction:rtl;"
    f"text-align:right;font:18px/1.85 {_NASKH}",
    "ar_title": "margin:0 0 4px;direction:rtl;text-align:right;font-weight:600",
    "ar_p": "margin:0 0 6px;direction:rtl;text-align:right",
    "link": "color:#0b5394;text-decoration:underline",
    "doubt": "color:#7a4f00",
    "grave": "color:#a3241b;font-weight:600",
    "list": "margin:0;padding:0 0 0 20px",
    "item": "margin:0 0 8px",
    "place": f"margin:6px 0 2px;font:14px/1.5 {_SANS}",
    "place_ar": f"margin:0 0 10px;direction:rtl;text-align:right;font:16px/1.8 {_NASKH}",
    "foot": f"margin:32px 0 0;padding:12px 0 0;border-top:1px solid #c9c5bb;font:13px/1.5 {_SANS};"
    "color:#555c64",
}  # fmt: skip
#: The same in the dark; `!important`, as it has to win over the style of the element.
DARK = {
    "body": "background: #101214 !important; color: #e4e6e8 !important;",
    "page": "background: #171a1d !important; color: #e4e6e8 !important;",
    "facts": "color: #a9b1b9 !important;",
    "meta": "color: #a9b1b9 !important;",
    "meta_inline": "color: #a9b1b9 !important;",
    "section": "color: #a9b1b9 !important; border-color: #434a51 !important;",
    "foot": "color: #a9b1b9 !important; border-color: #434a51 !important;",
    "ar": "border-color: #434a51 !important;",
    "link": "color: #8fbcf0 !important;",
    "doubt": "color: #e6b566 !important;",
    "grave": "color: #ff9a90 !important;",
}

#: Gives the attributes of an element, with a space before.
Look = Callable[[str], Markup]


def on_page(name: str) -> Markup:
    """A class such as `digest-story`, for the style sheet of the page."""
    return Markup(' class="digest-{}"').format(name.replace("_", "-"))


def in_mail(name: str) -> Markup:
    """The class, which the dark colours need, and the style itself."""
    return Markup('{} style="{}"').format(on_page(name), LIGHT[name])


def bare(name: str) -> Markup:
    """Nothing: feed readers have a look of their own."""
    return Markup("")
