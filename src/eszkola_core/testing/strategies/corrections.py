"""What staff correct in records."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from eszkola_core.domain.claims import PlaceKey
from eszkola_core.domain.corrections import Correction
from eszkola_core.domain.names import parts
from eszkola_core.domain.stated import Field, Sex
from eszkola_core.testing.strategies.identities import (
    _name_texts,
    birth_dates,
    email_addresses,
    emsos,
    pesels,
    phone_numbers,
)
from eszkola_core.testing.strategies.places import place_keys
from eszkola_core.testing.strategies.times import chosen

_TEXTS: Final = {
    Field.FIRST_NAME: _name_texts().filter(parts),
    Field.LAST_NAME: _name_texts().filter(parts),
    Field.NATIONAL_ID: (pesels() | emsos()).map(lambda found: f"{found.scheme}:{found.reveal()}"),
    Field.EMAIL: st.just("") | email_addresses().map(lambda address: address.spelling),
    Field.PHONE: st.just("") | phone_numbers().map(lambda number: number.e164),
    Field.BIRTH_DATE: birth_dates().map(lambda day: day.isoformat()),
    Field.SEX: st.sampled_from([each.value for each in Sex]),
}


def corrections(*, places: SearchStrategy[PlaceKey] | None = None) -> SearchStrategy[Correction]:
    """Yield corrections of any field that is corrected here, at *places*, each text in the form that is kept."""
    return st.sampled_from(sorted(_TEXTS)).flatmap(
        lambda name: st.builds(Correction, chosen(places, place_keys()), st.just(name), _TEXTS[name])
    )
