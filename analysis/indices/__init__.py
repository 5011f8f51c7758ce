"""Measures of agglomeration, structure and resilience: a long table in, a named Series out.

Every measure takes the table first and the columns with city and year by name, and returns a
Series on the table's own index whose `.attrs` say what was done. `indicator_table` and
`phase_table` read from such a result the weights of its indicators and the facts of its phases.
"""

from __future__ import annotations

from analysis.indices.agglomeration import coagglomeration, density, location_quotient
from analysis.indices.common import IndexWarning
from analysis.indices.components import principal_component
from analysis.indices.composite import entropy_topsis, entropy_weights, resilience_index
from analysis.indices.composition import (
    diversity,
    related_variety,
    specialisation,
    unrelated_variety,
)
from analysis.indices.coupled import coupling
from analysis.indices.expression import expression
from analysis.indices.phases import phase_table, resilience_phases
from analysis.indices.scaling import indicator_table
from analysis.indices.shocks import ResilienceWarning, resilience
from analysis.indices.structure import rationalisation, upgrading

__all__ = [
    "IndexWarning",
    "ResilienceWarning",
    "coagglomeration",
    "coupling",
    "density",
    "diversity",
    "entropy_topsis",
    "entropy_weights",
    "expression",
    "indicator_table",
    "location_quotient",
    "phase_table",
    "principal_component",
    "rationalisation",
    "related_variety",
    "resilience",
    "resilience_index",
    "resilience_phases",
    "specialisation",
    "unrelated_variety",
    "upgrading",
]
