"""The site that was built: nothing is fetched, no link leads nowhere, and the search finds what is there."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from stage import own_pages

from eszkola_core.testing.lifecycles import lifecycles

SITE = Path(os.environ.get("ESZKOLA_SITE", ""))
FETCHED = {"src", "srcset", "data", "poster", "action", "background"}
LOADED = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"}

if not SITE.name:
    pytest.skip("ESZKOLA_SITE names no folder with a site: nox -s docs builds one", allow_module_level=True)


class Page(HTMLParser):
    """What a page fetches by itself, where its links lead, and which places it has."""

    def __init__(self) -> None:
        super().__init__()
        self.fetches: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag down."""
        found = {name: value or "" for name, value in attrs}
        self.places.update(value for name, value in found.items() if name == "id" or (name, tag) == ("name", "a"))
        self.fetches.extend(value for name, value in found.items() if name in FETCHED)
        if tag == "link" and set(found.get("rel", "").split()) & LOADED:
            self.fetches.append(found.get("href", ""))
        if tag == "a" and "href" in found:
            self.links.append(found["href"])


@cache
def pages() -> dict[Path, Page]:
    """Return every page of the site."""
    read = {}
    for path in sorted(SITE.rglob("*.html")):
        read[path.resolve()] = Page()
        read[path.resolve()].feed(path.read_text(encoding="utf-8"))
    return read


def is_elsewhere(link: str) -> bool:
    """Return whether a link leads out of the site."""
    return bool(urlsplit(link).scheme or urlsplit(link).netloc)


def test_nothing_is_fetched_from_elsewhere():
    """Scripts, styles, pictures and fonts all lie in the folder: the reader's browser asks nobody."""
    outside = {(path.name, each) for path, page in pages().items() for each in page.fetches if is_elsewhere(each)}
    missing = [
        (path.name, each)
        for path, page in pages().items()
        for each in page.fetches
        if each and not is_elsewhere(each) and not (path.parent / unquote(urlsplit(each).path)).exists()
    ]

    assert {each for each in outside if not each[1].startswith("data:")} == set()
    assert missing == []


def test_no_style_and_no_script_fetches_anything_from_elsewhere():
    """Neither an import nor a font nor a picture in a style, and no address in a script but as a text to read."""
    styles = {path.name: path.read_text(encoding="utf-8") for path in SITE.rglob("*.css")}
    scripts = {path.name: path.read_text(encoding="utf-8") for path in SITE.rglob("*.js")}
    named = [each for text in styles.values() for each in re.findall(r"(?:@import|url\()\s*[\"']?([^\"')\s;]+)", text)]
    asked = [
        each for text in scripts.values() for each in re.findall(r"(?:fetch|import|open)\(\s*[\"'`](\w+:)?//", text)
    ]

    assert styles
    assert scripts
    assert [each for each in named if is_elsewhere(each) and not each.startswith("data:")] == []
    assert asked == []


def broken() -> Iterator[str]:
    """Yield every link within the site that leads nowhere."""
    for path, page in pages().items():
        for link in page.links:
            if is_elsewhere(link):
                continue
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.exists() or (
                parts.fragment and target in pages() and unquote(parts.fragment) not in pages()[target].places
            ):
                yield f"{path.relative_to(SITE.resolve())}: {link}"


def test_no_link_leads_nowhere():
    """Every link within the site leads to a page that is there, and to a place on it that is there."""
    assert sorted(set(broken())) == []


def test_links_to_elsewhere_are_well_formed():
    """What leads out of the site is a web address; whether somebody answers is tried by hand."""
    outside = {link for page in pages().values() for link in page.links if is_elsewhere(link)}
    wrong = [
        link for link in outside if urlsplit(link).scheme not in {"http", "https"} or "." not in urlsplit(link).netloc
    ]

    assert wrong == []


def test_every_page_is_on_the_site():
    """Whatever is written is built, and reached from the first page."""
    names = set(own_pages().values())
    first = pages()[(SITE / "index.html").resolve()]

    assert [each for each in names if not (SITE / f"{each}.html").exists()] == []
    assert [each for each in names - {"index"} if f"{each}.html" not in first.links] == []


@pytest.mark.parametrize(
    ("word", "page"), [("guardian", "glossary"), ("tutori", "tutorial"), ("smtp", "how-to/send-by-smtp")]
)
def test_the_search_finds_without_a_network(word, page):
    """The index of words lies beside the pages, and leads to the page that one would look for."""
    text = (SITE / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip().removesuffix(")"))
    found = [index["terms"].get(word, []), index["titleterms"].get(word, [])]
    numbers = {number for each in found for number in (each if isinstance(each, list) else [each])}

    assert page in {index["docnames"][number] for number in numbers}


def test_rules_and_clauses_are_linked():
    """Where the number of a rule or of a clause stands in a text, it leads to what the rule says."""
    port = pages()[(SITE / "api/modules/eszkola_core.ports.storage.leases.html").resolve()]
    domain = pages()[(SITE / "api/modules/eszkola_core.domain.leases.html").resolve()]

    assert {"LE1", "le1"} & port.places
    assert any(link.endswith("#le1") for link in port.links)
    assert any("rules.html#rule-sync-2" in link for link in domain.links)


def test_every_lifecycle_is_a_picture():
    """On the site no lifecycle is left as the text of a diagram."""
    text = (SITE / "reference/lifecycles.html").read_text(encoding="utf-8")

    assert text.count('<svg class="lifecycle"') == len(lifecycles())
    assert "stateDiagram" not in text
