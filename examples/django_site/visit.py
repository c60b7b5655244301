"""Visits the site as a browser without scripts would: for `start.py --visit`, to see that all of it works together."""

from __future__ import annotations

import re
from html import unescape
from http.cookiejar import CookieJar
from typing import Final
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, ProxyHandler, build_opener

_FIELD: Final = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]+)">')


def visited(address: str, login: str, password: str) -> str:
    """Sign in, acknowledge what has to be read first, and return the page of the children as text."""
    browser = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))
    page, where = _get(browser, urljoin(address, "children"))
    page, where = _post(browser, where, page, login=login, password=password)
    if where.endswith("/sign-in/notices"):
        page, where = _post(browser, where, page)
    main = page.partition("<main")[2].partition(">")[2].partition("</main>")[0]
    return re.sub(r"\s*\n\s*", "\n", unescape(re.sub(r"<[^>]+>", "", main))).strip()


def _get(browser: OpenerDirector, address: str, data: bytes | None = None) -> tuple[str, str]:
    """Return a page, and where it was found in the end."""
    with browser.open(address, data, timeout=30) as response:
        return response.read().decode(), response.url


def _post(browser: OpenerDirector, address: str, page: str, **fields: str) -> tuple[str, str]:
    """Fill in the form in the middle of *page*, with its hidden fields, and send it to where it stands."""
    hidden = _FIELD.findall(page.partition("<main")[2])
    return _get(browser, address, urlencode([*hidden, *fields.items()]).encode())
