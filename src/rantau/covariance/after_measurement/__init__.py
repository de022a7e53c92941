"""Structural after measurement: constructs are measured first, and related after it (Rosseel & Loh, 2022)."""
