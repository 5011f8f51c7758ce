"""Neighbour graphs of cities: builders, scaling, description. Every builder returns a libpysal Graph."""
