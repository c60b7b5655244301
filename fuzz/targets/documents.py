"""XML: the Slovene register's documents, and what may be hidden in one."""

from __future__ import annotations

from typing import Final

from fuzz.parts import flagged
from fuzz.reading import check_reading, folder

WORDS: Final = (
    '<?xml version="1.0" encoding="utf-8"?>', "<ceuviz_uvoz>", "</ceuviz_uvoz>", "<udelezenci>", "</udelezenci>",
    "<udelezenec>", "</udelezenec>", "<emso>", "</emso>", "<ime>", "</ime>", "<priimek>", "</priimek>",
    "<opravilna_st>1</opravilna_st>", "<verzija>1.4</verzija>", 'xsi:nil="true"', "<!DOCTYPE a [", '<!ENTITY b "c">',
    '<!ENTITY x SYSTEM "file:///etc/passwd">', "&b;", "<![CDATA[", "]]>", "<!--", "-->", "xmlns:a=", "&#x41;", "&#0;",
    'encoding="utf-16"', 'encoding="cp1250"', 'encoding="utf-7"', "0103012500002", "<html>", "<a:ime>", "</a:ime>",
)  # fmt: skip


def check(data: bytes) -> None:
    """Read one document."""
    flag, content = flagged(data)
    with folder() as place:
        path = place / ("ceuviz.xml" if flag % 2 else "ceuviz.csv")
        path.write_bytes(content)
        check_reading([path], format="ceuviz" if flag // 2 % 2 else None, school="os1" if flag // 4 % 2 else None)
