"""
A synthetic region to try the house on: four schools, their families and staff, and what goes wrong in real files.

Everybody in it is made up from a seed; no name, number or address belongs to anybody.

>>> from datetime import date
>>> region = make_region(today=date(2026, 2, 2))
>>> [school.key for school in region.schools]
['SP1', 'LO2', 'ZS3', 'SI4']
"""

from __future__ import annotations

from eszkola_cli.region.files import SCHOOL_OF, region_files, write_region
from eszkola_cli.region.making import make_region
from eszkola_cli.region.model import Anomaly, Cast, Change, Character, Child, Place, Region
from eszkola_cli.region.next_day import second_day

__all__ = [
    "SCHOOL_OF",
    "Anomaly",
    "Cast",
    "Change",
    "Character",
    "Child",
    "Place",
    "Region",
    "make_region",
    "region_files",
    "second_day",
    "write_region",
]
