"""The augmented Lagrangian of an objective and its constraints, as one graph."""

from __future__ import annotations

from collections.abc import Sequence

from gdcli.graph.folding import FoldingBuilder
from gdcli.graph.nodes import Graph


def augmented_lagrangian(objective: Graph, constraints: Sequence[tuple[Graph, bool]]) -> Graph:
    """The graph of w·f + Σ cᵢ·(λᵢ + ρᵢ·cᵢ/2) + Σ tᵢ·(λᵢ + ρᵢ·tᵢ/2) with tᵢ = max(gᵢ, −λᵢ/ρᵢ).

    The first sum goes over the equality constraints cᵢ = 0, the second over the inequality constraints gᵢ ≤ 0. This is
    the function of Powell, Hestenes and Rockafellar. An inequality's term is (max(0, λᵢ + ρᵢ·gᵢ)² − λᵢ²)/(2·ρᵢ), in a
    form that does not lose digits to the λᵢ²; it has a continuous gradient.

    Args:
        objective: The lowered graph of f.
        constraints: For each the lowered graph of its residual, and whether it is an equality. Their variables are
            among the objective's.

    Returns:
        A lowered graph. Its variables are the objective's and then, as parameters, the weight w, the multipliers λ and
        the penalties ρ, the latter in the order of the constraints and positive.

    References:
        R. T. Rockafellar, Augmented Lagrange multiplier functions and duality in nonconvex programming, SIAM Journal on
        Control 12 (1974), 268–285, doi:10.1137/0312021.
        M. J. D. Powell, A method for nonlinear constraints in minimization problems, in: R. Fletcher (ed.),
        Optimization, Academic Press 1969, 283–298.
        M. R. Hestenes, Multiplier and gradient methods, Journal of Optimization Theory and Applications 4 (1969),
        303–320, doi:10.1007/BF00927673.
    """
    # No text can name a variable so.
    weight = "weight of the objective"
    multipliers = [f"multiplier {i}" for i in range(len(constraints))]
    penalties = [f"penalty {i}" for i in range(len(constraints))]
    builder = FoldingBuilder()
    apply = builder.apply
    half = builder.constant(0.5)
    total = apply("mul", builder.variable(weight), *builder.graft(objective))
    for (graph, equality), name, penalty_name in zip(constraints, multipliers, penalties, strict=True):
        (residual,) = builder.graft(graph)
        multiplier, penalty = builder.variable(name), builder.variable(penalty_name)
        if not equality:
            residual = apply("max", residual, apply("neg", apply("div", multiplier, penalty)))
        factor = apply("add", multiplier, apply("mul", apply("mul", half, penalty), residual))
        total = apply("add", total, apply("mul", residual, factor))
    names = (*objective.variables, weight, *multipliers, *penalties)
    return builder.finish(total, variables=names, prune=True)
