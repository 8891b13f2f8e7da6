"""names.inc and enums.inc: value to name, for every registry."""
from . import emit


def tables(prefix, registries, sources, about):
    """The C text of one set of registries."""
    pool = emit.Pool(0xffff)
    values, texts, ranges, chapters = [], [], [], []
    for registry in registries:
        for alias in (False, True):
            rows = (registry.aliases if alias else
                    [row[:2] for row in registry.rows])
            if not rows:
                continue
            ranges.append('  {%3d, %4d, %4d, %2d, %d}, /* %s%s */' % (
                registry.number, len(values), len(rows), registry.grease,
                alias, registry.name, ', other names' if alias else ''))
            chapters.append((registry, alias, len(values), len(rows)))
            for value, name in rows:
                values.append('0x%x' % (value & 0xffffffff))
                texts.append(str(pool.add(name)))

    def column(items):
        out = []
        for registry, alias, first, count in chapters:
            out.append('  /* %s%s: %s */\n' % (
                registry.name, ', other names' if alias else '',
                registry.file))
            out.append(emit.numbers(items[first:first + count]))
        return ''.join(out)

    return ''.join([
        emit.banner(sources, about), '\n',
        'static const uint32_t %s_values[%d] = {\n' % (prefix, len(values)),
        column(values), '};\n\n',
        'static const uint16_t %s_texts[%d] = {\n' % (prefix, len(texts)),
        column(texts), '};\n\n',
        '/* Registry, first row, number of rows, bits of GREASE, aliases. */\n',
        'static const struct name_range %s_ranges[%d] = {\n' % (
            prefix, len(ranges)),
        '\n'.join(ranges), '\n};\n\n',
        pool.text(prefix + '_pool')])


def names_inc(registries):
    """The registries of IANA and others."""
    wanted = [r for r in registries if not r.own()]
    sources = list(dict.fromkeys(['registries.csv', 'preferred_names.csv'] +
                                 [r.file for r in wanted]))
    return tables('iana', wanted, sources,
                  'Rows of one registry are sorted by value.')


def enums_inc(registries):
    """The registries of this library."""
    return tables('own', [r for r in registries if r.own()],
                  ['registries.csv', 'causes.csv', 'enums.csv'],
                  'Rows of one registry are sorted by value.')
