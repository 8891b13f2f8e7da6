"""The deepest stack below every public function, from what gcc writes with
-fstack-usage and -fcallgraph-info=su.

A call through a pointer is taken for a call of every function whose address
stands in a table or is taken in the code of the same source file, or, where
that has none, of every such function of the library."""
import os
import re

import build

NODE = re.compile(r'^node: \{ title: "([^"]+)" label: "([^"]*)"')
EDGE = re.compile(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"')
FRAME = re.compile(r'(\d+) bytes \(([a-z,]+)\)')
CALL = re.compile(r'\t(call|jmp|j[a-z]+)\b')
RELOCATION = re.compile(r'^\s+[0-9a-f]+: R_X86_64_\w+\s+([^\s+]+?)'
                        r'([+-]0x[0-9a-f]+)?$')
TABLE_ENTRY = re.compile(r'^[0-9a-f]+ R_X86_64_64 +([^\s+]+?)'
                         r'([+-]0x[0-9a-f]+)?$')
INDIRECT = '__indirect_call'
# Functions that call themselves, with the number of calls that can be open at
# once: the words of the longest wording, and the end.
RECURSION = {'errtext_match.c:follow': 19}


class Graph:
    def __init__(self):
        self.frame = {}    # function: bytes
        self.dynamic = []  # functions whose frame has no fixed size
        self.calls = {}    # function: set of functions
        self.home = {}     # function: source file
        self.taken = {}    # source file: functions whose address is used
        self.memo = {}     # function: what deepest() found


def short(title):
    """Titles of static functions are FILE:NAME; file names are unique."""
    return re.sub(r'^.*/', '', title)


def read_ci(graph, path, unit):
    """One file of nodes and edges."""
    with open(path) as lines:
        for line in lines:
            node, edge = NODE.match(line), EDGE.match(line)
            if node:
                name, frame = short(node.group(1)), FRAME.search(node.group(2))
                if frame:
                    graph.frame[name] = int(frame.group(1))
                    graph.home[name] = unit
                    if frame.group(2) not in ('static', 'dynamic,bounded'):
                        graph.dynamic.append(name)
            elif edge:
                source, target = map(short, edge.groups())
                graph.calls.setdefault(source, set()).add(target)


def read_taken(graph, path, unit):
    """Functions of this object whose address is used other than by a call.
    Compiled with -ffunction-sections, each has a section of its name."""
    section, instruction, found = '', '', set()
    for line in build.run('objdump', '-dr', '--no-show-raw-insn',
                          path).splitlines():
        match = RELOCATION.match(line)
        if not match:
            instruction = line
        elif not CALL.search(instruction):
            found.add(match.group(1))
    for line in build.run('objdump', '-r', path).splitlines():
        if line.startswith('RELOCATION RECORDS FOR'):
            section = line.split('[')[1].split(']')[0]
        match = TABLE_ENTRY.match(line)
        if match and not section.startswith(('.text', '.eh_frame', '.debug')):
            found.add(match.group(1))
    graph.taken[unit] = {
        re.sub(r'^\.text\.(unlikely\.|hot\.|startup\.)?', '', target)
        for target in found}


def resolve_indirect(graph):
    """Turns calls through pointers into calls of what they may reach."""
    names = {}  # plain name: node names
    for node in graph.frame:
        names.setdefault(node.split(':')[-1], []).append(node)

    def nodes(taken, unit=None):
        return {n for t in taken for n in names.get(t, ())
                if unit is None or n.count(':') == 0 or graph.home[n] == unit}

    everything = set()
    for unit, taken in graph.taken.items():
        everything |= nodes(taken, unit)
    for caller, called in graph.calls.items():
        if INDIRECT in called:
            called.discard(INDIRECT)
            called |= nodes(graph.taken[graph.home[caller]],
                            graph.home[caller]) or everything


def load(objects):
    graph = Graph()
    for path in objects:
        unit = os.path.basename(path)
        read_ci(graph, path[:-2] + '.ci', unit)
        read_taken(graph, path, unit)
    resolve_indirect(graph)
    return graph


def deepest(graph, function, above=()):
    """(bytes, chain) of the deepest stack from this function on; raises
    RecursionError on a cycle that RECURSION does not bound."""
    if function in above:
        if function not in RECURSION:
            raise RecursionError(' > '.join(above + (function,)))
        return 0, []
    if function not in graph.memo:
        best, chain = 0, []
        for called in sorted(graph.calls.get(function, ())):
            depth, below = deepest(graph, called, above + (function,))
            if depth > best:
                best, chain = depth, below
        best += graph.frame.get(function, 0)
        graph.memo[function] = (best * RECURSION.get(function, 1),
                                [function] + chain)
    return graph.memo[function]
