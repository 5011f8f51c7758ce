"""Boundary files in, a clean boundary table out."""
