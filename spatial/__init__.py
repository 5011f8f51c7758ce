"""Weights, panels, spatial models, effects and autocorrelation. Reads no file, draws nothing, prints nothing."""
