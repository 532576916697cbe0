"""The inbox: stories of the reader's feeds, newest first."""

from flask import Response

from service.ui.pages import PageRoute, render


def inbox() -> Response:
    return render("inbox.html")


PAGES = (PageRoute("GET", "/inbox", inbox),)
