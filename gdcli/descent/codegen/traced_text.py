"""The text of a trace: what is not needed is left out, and what is used once stands where it is used."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gdcli.descent.codegen.terms import MOST_INLINED
from gdcli.descent.codegen.traced import Branch, Side, Trace

_NAME = re.compile(r"\b[uwa]\d+\b")  # of a term, of the result of a branch, of an argument


class End(NamedTuple):
    """One way through a trace ends.

    Attributes:
        texts: Those of the results.
        evaluations: How often value and gradient were computed on the way.
    """

    texts: list[str]
    evaluations: int


class Way(NamedTuple):
    """A part of a trace from which there is no way back to what follows it.

    Attributes:
        lines: As in `gdcli.descent.codegen.traced.Trace`.
        condition: Where it parts, or nothing where it ends.
        then: What follows where the condition holds and where it does not; or the end.
    """

    lines: dict[str, str]
    condition: str
    then: tuple[Way, Way] | End

    def ends(self) -> Iterator[End]:
        """All ends."""
        if isinstance(self.then, End):
            yield self.then
        else:
            for way in self.then:
                yield from way.ends()


def ways(trace: Trace, side: Side, evaluations: int = 0) -> Way:
    """A trace, or a side of its last branch, in which results of the last branch are results of its sides.

    Args:
        trace: The trace.
        side: What is done, and the results.
        evaluations: Those before it.
    """
    lines = dict(side.lines)
    evaluations += side.evaluations
    last = next(reversed(lines), "")
    if last not in trace.branches:
        return Way(lines, "", End(side.texts, evaluations))
    del lines[last]
    branch = trace.branches[last]

    def through(one: Side) -> Way:
        known = {name: text for name, text in zip(branch.names, one.texts, strict=True) if name}
        known[branch.condition] = str(one is branch.yes)
        return ways(trace, one._replace(texts=[known.get(text, text) for text in side.texts]), evaluations)

    return Way(lines, branch.condition, (through(branch.yes), through(branch.no)))


class Writer:
    """Writes the statements of a trace.

    Args:
        trace: The trace.
        way: What `ways` made of it.
        roots: Names that are needed, beside those in conditions and statements.
        wanted: For an end, and all names that are needed, the texts that are used there, as often as they are.
        finals: For an argument the texts of what it becomes, at all ends; they are needed if it is.
        finish: For an end the statements with which it ends, given a function that gives a text its final form.
    """

    def __init__(
        self,
        trace: Trace,
        way: Way,
        roots: Sequence[str],
        wanted: Callable[[End, set[str]], Sequence[str]],
        finals: Mapping[str, Sequence[str]],
        finish: Callable[[End, Callable[[str], str]], list[str]],
    ) -> None:
        self._trace = trace
        self._finish = finish
        self._known: dict[str, str] = {}
        self._names: dict[str, list[str]] = {}
        self._wanted = wanted
        self.needed = self._needed(way, roots, finals)
        self._uses: dict[str, int] = {}
        self._count(way)

    def text(self, way: Way) -> list[str]:
        """The statements."""
        statements = self._statements(way.lines)
        if isinstance(way.then, End):
            return [*statements, *self._finish(way.then, self.filled)]
        yes, no = map(self.text, way.then)
        return [*statements, *either(self.filled(way.condition), yes, no)]

    def filled(self, text: str) -> str:
        """A text in which what is used once stands where it is used."""
        if self._known.keys().isdisjoint(self._names_in(text)):
            return text
        return _NAME.sub(lambda match: self._known.get(match.group(), match.group()), text)

    def _names_in(self, text: str) -> list[str]:
        """The names in a text."""
        names = self._names.get(text)
        if names is None:
            names = self._names[text] = _NAME.findall(text)
        return names

    def _needed(self, way: Way, names: Sequence[str], finals: Mapping[str, Sequence[str]]) -> set[str]:
        """The names that are needed."""
        sources: dict[str, list[str]] = {}
        roots = list(names)

        def lines_of(lines: Mapping[str, str]) -> None:
            for text, name in lines.items():
                if text.startswith("!"):
                    roots.append(text)
                elif text in self._trace.branches:
                    condition, yes, no, names = self._trace.branches[text]
                    roots.append(condition)
                    lines_of(yes.lines)
                    lines_of(no.lines)
                    for result, one, other in zip(names, yes.texts, no.texts, strict=True):
                        sources[result] = [one, other]
                else:
                    sources[name] = [text]

        def parts_of(part: Way) -> None:
            lines_of(part.lines)
            if not isinstance(part.then, End):
                roots.append(part.condition)
                parts_of(part.then[0])
                parts_of(part.then[1])

        parts_of(way)
        needed: set[str] = set()
        while roots:
            for name in self._names_in(roots.pop()):
                if name not in needed:
                    needed.add(name)
                    roots += sources.get(name, finals.get(name, ()))
        return needed

    def _count(self, way: Way) -> None:
        """Count how often names are used by what is needed."""
        self._count_lines(way.lines)
        if isinstance(way.then, End):
            for text in self._wanted(way.then, self.needed):
                self._use(text)
        else:
            self._use(way.condition)
            self._count(way.then[0])
            self._count(way.then[1])

    def _count_lines(self, lines: Mapping[str, str]) -> None:
        for text, name in lines.items():
            if text in self._trace.branches:
                branch = self._trace.branches[text]
                self._use(branch.condition)
                for side in (branch.yes, branch.no):
                    self._count_lines(side.lines)
                    for result, each in zip(branch.names, side.texts, strict=True):
                        if result in self.needed:
                            self._use(each)
            elif not name or name in self.needed:
                self._use(text)

    def _use(self, text: str) -> None:
        for name in self._names_in(text):
            self._uses[name] = self._uses.get(name, 0) + 1

    def _statements(self, lines: Mapping[str, str]) -> list[str]:
        statements: list[str] = []
        inner = self._inner(lines)
        for branch in self._branches(lines):
            for name, *texts in zip(branch.names, branch.yes.texts, branch.no.texts, strict=True):
                self._rename({text: name for text in texts if text in inner})
        for text, name in lines.items():
            if text in self._trace.branches:
                statements += self._branch(self._trace.branches[text])
            elif text.startswith("!"):
                statements.append(self.filled(text[1:]))
            elif name in self.needed:
                full = self.filled(text)
                once = self._uses.get(name) == 1 and name not in self._trace.pinned
                if once and len(full) <= MOST_INLINED:
                    self._known[name] = f"({full})"
                else:
                    statements.append(f"{name} = {full}")
        return statements

    def _branches(self, lines: Mapping[str, str]) -> list[Branch]:
        """The branches in lines."""
        return [self._trace.branches[text] for text in lines if text in self._trace.branches]

    def _inner(self, lines: Mapping[str, str]) -> set[str]:
        """The names of their results."""
        return {name for branch in self._branches(lines) for name in branch.names if name}

    def _rename(self, names: Mapping[str, str]) -> None:
        """Give what only becomes a result of a branch the name of that from the beginning."""
        for old, new in names.items():
            if self._uses.get(old) == 1 and new in self.needed:
                self._known[old] = new

    def _branch(self, branch: Branch) -> list[str]:
        condition = self.filled(branch.condition)
        sides = []
        for side in (branch.yes, branch.no):
            if side.evaluations:
                raise TypeError("evaluations are to be in the last branch")
            results = {
                self._known.get(name, name): text
                for name, text in zip(branch.names, side.texts, strict=True)
                if name in self.needed
            }
            inner = self._inner(side.lines)
            self._rename({text: name for name, text in results.items() if text in inner})
            statements = self._statements(side.lines)
            given = {name: self.filled(text) for name, text in results.items()}
            statements += [f"{name} = {text}" for name, text in given.items() if name != text]
            sides.append(statements)
        return either(condition, *sides)


def either(condition: str, yes: list[str], no: list[str]) -> list[str]:
    """The statements of a branch."""
    if condition in ("True", "False") or (not yes and not no):
        return yes if condition == "True" else no
    if not yes:
        return [f"if not ({condition}):", *(f" {line}" for line in no)]
    otherwise = ["else:", *(f" {line}" for line in no)] if no else []
    return [f"if {condition}:", *(f" {line}" for line in yes), *otherwise]


def assigned(values: Mapping[str, str]) -> list[str]:
    """Assignments of texts to names, all of which have their old values in the texts."""
    rest = {name: text for name, text in values.items() if name != text}
    reads = {name: set(_NAME.findall(text)) for name, text in rest.items()}
    readers: dict[str, int] = {}
    for name, sources in reads.items():
        for source in sources - {name}:
            readers[source] = readers.get(source, 0) + 1
    lines = []
    free = [name for name in rest if not readers.get(name)]
    while rest:
        if not free:
            # They go round in a circle, which a copy of one of them opens.
            name = next(iter(rest))
            lines.append(f"old_{name} = {name}")
            for other, text in rest.items():
                if other != name and name in reads[other]:
                    rest[other] = re.sub(rf"\b{name}\b", f"old_{name}", text)
                    reads[other].discard(name)
            free = [name]
        name = free.pop()
        lines.append(f"{name} = {rest.pop(name)}")
        for source in reads[name] - {name}:
            readers[source] -= 1
            if not readers[source] and source in rest:
                free.append(source)
    return lines
