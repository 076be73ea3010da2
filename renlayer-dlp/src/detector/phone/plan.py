#!/usr/bin/env python3
"""Writes plan.bin, the numbers that numbering plans accept, from the metadata of libphonenumber (Apache-2.0).

    pip install phonenumbers && python3 plan.py > plan.bin

The patterns of all regions and types, each behind its country code, become one minimal automaton over digits. A row is ten
little-endian u16, one a digit: the next row, 0 for none, with the top bit set where a number may end. Row 0 leads nowhere,
row 1 is the start of numbers with their country code, row 2 that of all regions' numbers as they are dialled at home.
"""
import functools
import itertools
import re
import struct
import sys

import phonenumbers

TYPES = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "uan")
TOKEN = re.compile(r"\(\?:|[()|]|\[[^]]*\]|\\d|\d|\{\d+(?:,\d+)?\}|\?")


# Argentina dials 15 for mobile numbers at home, after the area; from abroad it is a 9 before it, which the metadata have.
AT_HOME = (r"0?(?:1115\d{8}|[23]\d{2}15\d{7}|[23]\d{3}15\d{6})",)


def patterns():
    regions = [phonenumbers.PhoneMetadata.metadata_for_region(r) for r in phonenumbers.SUPPORTED_REGIONS]
    codes = [phonenumbers.PhoneMetadata.metadata_for_nongeo_region(c) for c in phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS]
    for region in regions + codes:
        for kind in TYPES:
            described = getattr(region, kind)
            if described and described.national_number_pattern:
                yield str(region.country_code), region.national_prefix, described.national_number_pattern


class Automaton:
    """Thompson's construction."""

    def __init__(self):
        self.free, self.steps = [], []

    def state(self):
        self.free.append([])
        self.steps.append([])
        return len(self.free) - 1

    def read(self, tokens, begin):
        """One alternation, up to a closing bracket; answers with its last state."""
        end, at = self.state(), begin
        while tokens and tokens[0] != ")":
            if tokens[0] == "|":
                tokens.pop(0)
                self.free[at].append(end)
                at = begin
                continue
            at = self.repeated(tokens, at)
        self.free[at].append(end)
        return end

    def repeated(self, tokens, at):
        atom = [tokens.pop(0)]
        while atom.count("(") + atom.count("(?:") > atom.count(")"):
            atom.append(tokens.pop(0))
        least = most = 1
        if tokens and tokens[0] == "?":
            least = 0
            tokens.pop(0)
        elif tokens and tokens[0].startswith("{"):
            bounds = tokens.pop(0).strip("{}").split(",")
            least, most = int(bounds[0]), int(bounds[-1])
        for _ in range(least):
            at = self.once(atom, at)
        end = self.state()
        self.free[at].append(end)
        for _ in range(most - least):
            at = self.once(atom, at)
            self.free[at].append(end)
        return end

    def once(self, atom, at):
        if len(atom) > 1:
            begin = self.state()
            self.free[at].append(begin)
            return self.read(atom[1:-1], begin)
        end = self.state()
        digits = [d for d in range(10) if re.fullmatch(atom[0], str(d))]
        self.steps[at].append((digits, end))
        return end

    def closure(self, states):
        seen, todo = set(states), list(states)
        while todo:
            for state in self.free[todo.pop()]:
                if state not in seen:
                    seen.add(state)
                    todo.append(state)
        return frozenset(seen)


def rows():
    table, known = [(0,) * 10, None, None], {}
    abroad = [f"{code}(?:{pattern})" for code, _, pattern in patterns()]
    home = [f"(?:{trunk or ''})?(?:{pattern})" if trunk else pattern for _, trunk, pattern in patterns()]
    home += AT_HOME
    for first, expressions in ((1, abroad), (2, home)):
        table[first] = table[start(expressions, table, known)]
    assert len(table) < 0x8000
    return table


def start(expressions, table, known):
    automaton = Automaton()
    begin, ends = automaton.state(), set()
    for expression in expressions:
        tokens = TOKEN.findall(f"(?:{expression})")
        assert "".join(tokens) == f"(?:{expression})", expression
        first = automaton.state()
        automaton.free[begin].append(first)
        ends.add(automaton.read(tokens, first))

    # No pattern repeats without a bound, so the automaton has no cycle and equal rows are equal states.
    @functools.cache
    def entry(states):
        following = []
        for digit in range(10):
            after = {end for state in states for digits, end in automaton.steps[state] if digit in digits}
            following.append(entry(automaton.closure(after)) if after else 0)
        row = tuple(following)
        number = 0 if not any(row) else known.get(row)
        if number is None:
            number = known[row] = len(table)
            table.append(row)
        return number | (0x8000 if states & ends else 0)

    return entry(automaton.closure({begin})) & 0x7FFF


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    table = rows()
    sys.stdout.buffer.write(struct.pack(f"<{len(table) * 10}H", *itertools.chain(*table)))
