"""Reading what was set in type, and letters to set."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
import pytest

from eszkola_letters import TypstLetters


def pages_of(document: bytes) -> Sequence[str]:
    """Return the text of each page of a PDF document."""
    with pypdfium2.PdfDocument(document) as opened:
        texts = []
        for number in range(len(opened)):
            page = opened[number]
            text = page.get_textpage()
            texts.append(text.get_text_range())
            text.close()
            page.close()
        return texts


@pytest.fixture(scope="session")
def read_pages():
    """Return the reader of documents."""
    return pages_of


@pytest.fixture(scope="session")
def renderer() -> TypstLetters:
    """Return a renderer with the texts that ship."""
    return TypstLetters()
