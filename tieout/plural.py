"""Counts with their noun, so that one is never said of many."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str = "") -> str:
    """`1 break`, `5,776 breaks`. `plural` for nouns that do not take an s."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
