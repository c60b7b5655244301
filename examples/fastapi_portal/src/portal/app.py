"""The application: the platform's operations as an API, with everything around them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from anyio import to_thread
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from eszkola_core import Platform, Unavailable
from portal import access, devices, family, sessions
from portal.door import takes_nothing_from_the_address
from portal.guard import Guard
from portal.pages import serve_pages
from portal.problems import MEDIA_TYPE, handle_problems

THREADS_BESIDE_HASHING: Final = 40
"""How many operations may be at work that hash nothing."""


def create_app(platform: Platform, *, origins: Sequence[str] = (), dispatch_every: float | None = None) -> FastAPI:
    """
    Return the application that offers *platform*.

    Args:
        platform: the one platform of the process; whoever made it closes it.
        origins: where front ends of other origins are served from, such as ``https://portal.example.org``; none unless
            they are named.
        dispatch_every: answer requests and send messages from here, every so many seconds. Left out, ``eszkola outbox
            dispatch --watch`` does it in a process of its own, as it should where there are several.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # Operations run in threads. Whoever waits for a hash keeps one, so there are as many as may wait, and more: the
        # platform's own bound says when it is busy, and no storm of sign-ins keeps other operations waiting.
        settings = platform.tenant.settings
        limiter = to_thread.current_default_thread_limiter()
        limiter.total_tokens = settings.hashes_at_once + settings.hashes_waiting + THREADS_BESIDE_HASHING
        dispatching = asyncio.create_task(_dispatching(platform, dispatch_every)) if dispatch_every else None
        yield
        if dispatching is not None:
            dispatching.cancel()
            with suppress(asyncio.CancelledError):
                await dispatching

    told = ["Retry-After", "WWW-Authenticate"]
    crossing = Middleware(
        CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"], expose_headers=told
    )
    app = FastAPI(
        title="Portal",
        version="1",
        summary="First access, recovery, sign-in, a guardian's children, and the pairing of telephones.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would send people wherever the header Host says
        lifespan=lifespan,
        middleware=[Middleware(Guard), *([crossing] if origins else [])],
        generate_unique_id_function=_name_of,
    )
    app.state.platform = platform
    for each in (access, sessions, family, devices):
        app.include_router(each.router, dependencies=[Depends(takes_nothing_from_the_address)])
    handle_problems(app)
    serve_pages(app)
    _describe_problems(app)
    return app


def _name_of(route: APIRoute) -> str:
    """Return how clients that are generated call an operation: as it is called here."""
    return route.name


async def _dispatching(platform: Platform, every: float) -> None:
    """Answer requests and send messages, again and again; what cannot be reached is tried again."""
    while True:
        with suppress(Unavailable):  # the observer has told of it
            await to_thread.run_sync(platform.dispatch)
        await asyncio.sleep(every)


def _describe_problems(app: FastAPI) -> None:
    """
    Let the OpenAPI document say of which media type problems are: the framework takes all answers for JSON.

    It also adds an answer of its own wherever there is a parameter; here what does not fit is a problem, and stands
    with the operations that can give it.
    """
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            for operation in (each for path in document["paths"].values() for each in path.values()):
                answers = operation["responses"]
                for content in (each.get("content", {}) for each in answers.values()):
                    if MEDIA_TYPE in content:
                        content[MEDIA_TYPE] |= content.pop("application/json")
                if "422" in answers and MEDIA_TYPE not in answers["422"]["content"]:
                    del answers["422"]
            for name in ("HTTPValidationError", "ValidationError"):
                document["components"]["schemas"].pop(name, None)
        return made()

    app.openapi = openapi  # type: ignore[method-assign]
