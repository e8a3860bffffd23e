"""Reason phrases: the words beside an HTTP status."""

from __future__ import annotations

from http import HTTPStatus


def phrase_of(status: int) -> str:
    """``Not Found`` for 404 (RFC 9110 §15); empty for a status that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
