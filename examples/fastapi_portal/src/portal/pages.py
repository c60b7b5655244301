"""Pages for people: the API's own description, with nothing that a browser fetches from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import fastapi_offline
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.responses import HTMLResponse, Response

# The package brings the files of Swagger UI; nothing else of it is used.
_ASSETS: Final = Path(fastapi_offline.__file__).parent / "static"

_DESCRIPTION: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>The portal's API</title>
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
<link rel="icon" href="data:,">
<div id="api"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_START: Final = 'SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });\n'
_POLICY: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; script-src 'self'; "
    "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)

_FRONT_END: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Your front end</title>
<p>Links in messages lead here. In a real portal your front end takes the token out of the address, clears the address,
asks for a password, and sends both to <code>POST /passwords</code>.</p>
</html>
"""

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/docs")
def describe() -> HTMLResponse:
    """Show the API's description."""
    return HTMLResponse(_DESCRIPTION, headers={"Content-Security-Policy": _POLICY})


@router.get("/docs/start.js")
def start() -> Response:
    """Return what draws the description."""
    return Response(_START, media_type="text/javascript")


@router.get("/access")
@router.get("/access/complete")
@router.get("/mobile")
def front_end() -> HTMLResponse:
    """Stand in for the front end, to which the links in messages lead."""
    return HTMLResponse(_FRONT_END)


def serve_pages(app: FastAPI) -> None:
    """Let *app* serve the pages and what they need."""
    app.include_router(router)
    app.mount("/docs/assets", StaticFiles(directory=_ASSETS))
