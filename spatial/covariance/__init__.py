"""Covariances of a maximum likelihood estimate, by name; another one is one entry of `KINDS`."""

from spatial.covariance.groups import row_groups
from spatial.covariance.inverse import information
from spatial.covariance.kinds import KINDS, covariance
from spatial.covariance.result import Covariance

__all__ = ["KINDS", "Covariance", "covariance", "information", "row_groups"]
