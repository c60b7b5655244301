"""Message texts for eszkola-core in Polish, Slovene and English, by Jinja."""
