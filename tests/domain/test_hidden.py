"""Texts that never show themselves (ID-10)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eszkola_core.domain.hidden import Secret, masked


@pytest.mark.rule("ID-10a")
@given(st.text())
def test_a_secret_shows_that_it_is_one_and_nothing_else(text):
    """Not even how long it is; it stands in a table like any other text."""
    secret = Secret(text)

    assert repr(secret) == str(secret) == f"{secret}" == "Secret(•••)"
    assert f"{secret:>14}" == "   Secret(•••)"
    assert f"{secret:.6}" == "Secret"
    assert secret == Secret(text)
    assert secret.reveal() == text


@pytest.mark.rule("ID-10a")
@given(st.text())
def test_a_masked_text_shows_its_end_alone(text):
    """At most four characters, and at most a third."""
    shown = masked(text)
    left = shown.lstrip("•") if "•" not in text else text[len(text) - min(4, len(text) // 3) :]

    assert len(shown) == len(text)
    assert shown == "•" * (len(text) - len(left)) + left
    assert text.endswith(left)
    assert len(left) <= min(4, len(text) / 3)
