"""Random effects of units, with the effect outside or inside the filter of the error."""
