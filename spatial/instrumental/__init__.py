"""Spatial two-stage least squares and the method of moments: an estimator beside the likelihood."""
