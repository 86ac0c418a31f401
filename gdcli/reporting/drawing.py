"""Rich, as far as gdcli needs it: styled text and tables, drawn to strings.

Drawing to strings leaves the writing to us: Rich's console would end the process on a closed pipe. This
module is the only one that imports Rich, and only where there is something to be coloured or folded: piped,
a table takes none of Rich's 30 ms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from gdcli.reporting.columns import GAP
from gdcli.reporting.messages import visible
from gdcli.reporting.reporter import Output
from gdcli.reporting.terminal import can_encode

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod
    from rich.style import Style

RULE = "─"
ELLIPSIS = "…"
ASCII_HEAD = "    \n    \n -- \n    \n    \n    \n    \n    \n"
UNBOUNDED = 1_000_000
TEXT_WIDTH = 20
"""A text is not folded into fewer columns than this."""
STYLES = {
    "title": "bold",
    "header": "bold",
    "rule": "dim",
    "label": "dim",
    "step": "cyan",
    "value": "bold",
    "good": "green",
    "fair": "yellow",
    "bad": "red",
}


class Canvas:
    """Draws for one output: with colour or without, as wide as it is or, piped, as wide as need be."""

    def __init__(self, output: Output) -> None:
        self._width = output.width or UNBOUNDED
        self._unbounded = output.width is None
        self._color = output.color
        self._colors = None
        if output.color:
            from rich.console import COLOR_SYSTEMS

            # Rich knows which escapes the terminal understands; a style is then applied without the console's
            # machinery, which would cost more than the step that a row is about.
            self._colors = COLOR_SYSTEMS.get(self._console.color_system or "")
        self._unicode = can_encode(output.stdout, RULE + ELLIPSIS)
        self.rule_sign = RULE if self._unicode else "-"
        self.ellipsis = ELLIPSIS if self._unicode else "..."

    @cached_property
    def _console(self) -> Console:
        from rich.console import Console

        return Console(
            color_system="auto" if self._color else None,
            force_terminal=self._color,
            width=self._width,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            no_color=False,
        )

    @cached_property
    def _styles(self) -> Mapping[str, Style]:
        from rich.style import Style

        return {name: Style.parse(style) for name, style in STYLES.items()}

    def styled(self, text: str, style: str) -> str:
        """The text in the style of that name."""
        if self._colors is None or not style:
            return text
        return self._styles[style].render(text, color_system=self._colors)

    def painted(self, text: str, style: str) -> str:
        """The text in a style of Rich's own language, such as ``white on #00224e``."""
        if self._colors is None:
            return text
        from rich.style import Style

        return Style.parse(style).render(text, color_system=self._colors)

    def fields(self, fields: Mapping[str, str], style: str = "") -> str:
        """Labels and their texts; the first text in `style`."""
        width = max(map(len, fields)) + GAP
        lines = []
        for label, text in fields.items():
            shown = self.styled(visible(text), style)
            lines.append(self.styled(label.ljust(width), "label") + shown + "\n")
            style = ""
        return "".join(lines)

    def fits(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
        """Whether a table needs no more columns than the terminal has."""
        widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
        return sum(widths) + GAP * (len(widths) - 1) <= self._width

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> str:
        """A table with a rule under its header; numbers stand at the right, texts are folded if need be."""
        if self._colors is None and self._unbounded:
            return self.plain_table(header, rows, numeric)
        return self.rich_table(header, rows, numeric)

    def plain_table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]
    ) -> str:
        """The table that Rich would draw where there is nothing to be coloured or folded, in a fiftieth of the time."""
        texts = [[visible(cell) for cell in row] for row in (header, *rows)]
        widths = [max(1, *map(columns, column)) for column in zip(*texts, strict=True)]
        lines = []
        for row in texts:
            cells = []
            for cell, width, number in zip(row, widths, numeric, strict=True):
                blank = " " * (width - columns(cell))
                cells.append(blank + cell if number else cell + blank)
            lines.append((" " * GAP).join(cells).rstrip() + "\n")
        lines.insert(1, self.rule_sign * (sum(widths) + GAP * (len(widths) - 1)) + "\n")
        return "".join(lines)

    def rich_table(
        self, header: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]
    ) -> str:
        """The same, in colour, and as wide as the terminal."""
        from rich.box import SIMPLE_HEAD, Box
        from rich.table import Table
        from rich.text import Text

        table = Table(
            box=SIMPLE_HEAD if self._unicode else Box(ASCII_HEAD, ascii=True),
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            header_style=self._styles["header"],
            border_style=self._styles["rule"],
        )
        for index, (name, number) in enumerate(zip(header, numeric, strict=True)):
            justify: JustifyMethod = "right" if number else "left"
            table.add_column(
                Text(visible(name)), justify=justify, overflow="fold", no_wrap=number or index == 0
            )
        for row in rows:
            # Text, not str: Rich would read the brackets of a str as markup.
            table.add_row(*[Text(visible(cell)) for cell in row])
        # Rich would cut a number to the room there is; better the terminal wraps the line.
        widths = [max(map(columns, column)) for column in zip(header, *rows, strict=True)]
        needed = [
            width if number or index == 0 else min(width, TEXT_WIDTH)
            for index, (width, number) in enumerate(zip(widths, numeric, strict=True))
        ]
        self._console.width = max(self._width, sum(needed) + GAP * (len(needed) - 1))
        with self._console.capture() as capture:
            self._console.print(table)
        return "".join(line.rstrip() + "\n" for line in capture.get().splitlines())


def columns(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
