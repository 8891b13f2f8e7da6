"""The enum blocks of include/tlsdiag/tlsdiag.h, which are documentation too."""
import textwrap

from . import emit, source

NAME = 'include/tlsdiag/tlsdiag.h'
BEGIN = '/* BEGIN GENERATED enums: lib/tables/generate.py */'
END = '/* END GENERATED enums */'
# A comment column narrower than this reads badly: use a line above instead.
NARROWEST = 34


def comment(text, indent):
    """A comment on lines of its own."""
    lines = textwrap.wrap(text, emit.WIDTH - len(indent) - 6)
    return indent + '/* ' + ('\n%s * ' % indent).join(lines) + ' */\n'


def beside(code, text, column):
    """Code with a comment that starts at a column and wraps below itself."""
    lines = textwrap.wrap(text, emit.WIDTH - column - 6) or ['']
    out = code.ljust(column) + '/* ' + lines[0]
    for line in lines[1:]:
        out += '\n' + ' ' * column + ' * ' + line
    return out + ' */\n'


def enum(registry):
    """One registry as a C enum."""
    prefix = 'TLSDIAG_%s_' % registry.name.upper()
    rows = []
    for value, name, meaning, written in sorted(registry.rows):
        if not -0x80000000 <= value <= 0x7fffffff:
            raise source.SourceError('%s %s does not fit an int' % (
                registry.name, name))
        rows.append(('  %s%s = %s,' % (prefix, name.upper(), written),
                     meaning))
    column = max(len(code) for code, _ in rows) + 1
    out = comment('%s: %s.' % (registry.name, registry.meaning)
                  if registry.meaning else registry.name + '.', '')
    out += 'enum {\n'
    for code, meaning in rows:
        if not meaning:
            out += code + '\n'
        elif column + NARROWEST <= emit.WIDTH:
            out += beside(code, meaning, column)
        else:
            out += comment(meaning, '  ') + code + '\n'
    return out + '};\n'


def block(registries):
    """All of our registries, in the order of their numbers."""
    enums = [enum(r) for r in registries if r.own()]
    return '/* clang-format off */\n%s/* clang-format on */\n' % '\n'.join(
        enums)


def rewrite(text, registries):
    """The header with its generated blocks renewed."""
    out, rest = '', text
    while BEGIN in rest:
        head, rest = rest.split(BEGIN, 1)
        if END not in rest:
            raise source.SourceError('%s: BEGIN without END' % NAME)
        rest = rest.split(END, 1)[1]
        out += head + BEGIN + '\n' + block(registries) + END
    return out + rest
