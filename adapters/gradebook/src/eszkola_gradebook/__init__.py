"""Gradebook sources for eszkola-core: what the exports of gradebooks state."""
