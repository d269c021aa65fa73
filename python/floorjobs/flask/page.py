"""The page for people: upload, progress, plan, layout, bill, and the list of jobs.

It is static files that talk to the routes; what they need to know is in the page's own markup.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, url_for

from floorjobs.flask import inputs, settings
from floorjobs.flask.requests import KEY_HEADER

# Nothing comes from elsewhere, and nothing in the page runs but its own files. Pictures are
# fetched with the key and shown from memory.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)


def blueprint() -> Blueprint:
    """Return the page and its files."""
    made = Blueprint(
        "floorjobs_page",
        __name__,
        static_folder="page",
        static_url_path="/files",
        template_folder="page",
    )
    made.add_url_rule("/", view_func=page, methods=["GET"])
    return made


def page() -> Response:
    """``GET /floorjobs/``: the page."""
    text = render_template(
        "floorjobs.html",
        api=url_for("floorjobs.openapi").removesuffix("/openapi.json"),
        events="on" if settings.event_streams(current_app) else "off",
        key_header=KEY_HEADER if settings.api_keys(current_app) is not None else "",
        most_bytes=current_app.config.get("MAX_CONTENT_LENGTH") or inputs.DEFAULT_MAX_BYTES,
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-cache"
    return response
