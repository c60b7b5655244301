"""Texts as schools send them: Polish and Slovene, with and without their letters, short and long, some with a smile."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

_WORDS = """
Dzień dobry, zażółć gęślą jaźń; hasło do konta dziecka w eSzkole: proszę odebrać w sekretariacie szkoły, potwierdzając
tożsamość. Spoštovani starši, geslo za račun učenca je pripravljeno; žabe, čebele, škržati, đurđevak. Nowe zebranie
rodziców odbędzie się w czwartek o godz. 17:30 – zapraszamy serdecznie! [SP-5] {kod} koszt 5 € ~ 20 zł
""".split()  # noqa: SIM905 - as one reads it
_PLAIN = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻčšžČŠŽđ–", "acelnoszzACELNOSZZcszCSZd-")


def written(path: Path, many: int) -> Path:
    """Write *many* different texts as JSON, the same ones each time, and return where."""
    chance = Random(7)  # noqa: S311 - nothing is secret here
    texts = []
    for number in range(many):
        words = chance.choices(_WORDS, k=chance.choice([3, 8, 15, 20, 30, 60]))
        text = f"{number}: {' '.join(words)}"
        kind = chance.random()
        if kind < 0.5:  # noqa: PLR2004 - half of them
            text = text.translate(_PLAIN)
        elif kind > 0.95:  # noqa: PLR2004 - one in twenty
            text += " 😀"
        texts.append(text)
    path.write_text(json.dumps(texts), "utf-8")
    return path
