"""The rows of the function table, by kind; `gdcli.expression.functions` puts them together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """One operation.

    Texts that are formulas (`derivatives`, `expands`) are in gdcli's own notation; in them the arguments are
    called ``a``, ``b``, ``c`` and the operation's own value ``out``.

    Attributes:
        name: What the notation calls it; also the `op` of its nodes.
        summary: One line for ``gdcli list functions``.
        arity: Fewest and most arguments; None for any number.
        derivatives: For each argument the local derivative; ``"0"`` for one that is zero almost everywhere.
        native: A Python expression in ``{a}``, ``{b}``, ``{c}`` over the names of `gdcli.engines.ieee`, in
            calls that arrays could take as well: ``where(c, x, y)``, ``div(x, y)``, ``&``, ``|``, ``~``.
        torch: Dotted name of the torch function (``"torch.sin"``), or a name of
            `gdcli.engines.torch_functions`.
        sympy: An expression in ``a``, ``b``, ``c`` over SymPy's names, for the symbolic derivatives; empty
            where SymPy has none and `derivatives` are to be used.
        expands: Instead of the four before: the formula that it stands for. A row that has both is itself
            with the fewest arguments and the formula with more.
        domain: For each argument the interval over which it is defined and smooth enough to be tested.
        safe: Arguments at which value and derivatives are finite: what a branch not taken is fed with. Empty
            for an operation that needs none, because its derivatives are finite everywhere.
        aliases: Other names for it.
        chains: True where any number of arguments means f(f(a, b), c) …; its nodes have two inputs.
        operator: The sign it is written with, for an operator; it has then no name in call position (an alias
            has).
        boolean: True where the value is a condition.
        internal: True for an operation that only derivatives use; not in the notation's list.
    """

    name: str
    summary: str
    arity: tuple[int, int | None] = (1, 1)
    derivatives: tuple[str, ...] = ()
    native: str = ""
    torch: str = ""
    sympy: str = ""
    expands: str = ""
    domain: tuple[tuple[float, float], ...] = ((-3.0, 3.0),)
    safe: tuple[float, ...] = ()
    aliases: tuple[str, ...] = ()
    chains: bool = False
    operator: str = ""
    boolean: bool = False
    internal: bool = False

    def stands_for_formula(self, arguments: int) -> bool:
        """Whether so many arguments make it the formula of `expands`, and not an operation of its own."""
        return bool(self.expands) and (not self.native or arguments > self.arity[0])
