"""causes.inc (short texts) and catalogue.inc (the long ones)."""
from . import emit, source

SHORT = ['title', 'meaning', 'advice', 'decide', 'group']
LONG = ['what_happened', 'on_the_wire', 'confirm', 'fix_client',
        'fix_server', 'wordings']


def wordings():
    """For each cause, the list of (product, text)."""
    out = {}
    for row in source.read('wordings.csv'):
        out.setdefault(row['cause'], []).append((row['product'], row['text']))
    return out


def section(cause, column, words):
    """The text of one section of one cause; empty where there is none."""
    if column != 'wordings':
        return cause[column]
    return '\n'.join('%s: %s' % pair for pair in words.get(cause['id'], []))


def offsets(name, width, causes, columns, pool, words):
    """The table cause x section -> offset."""
    out = 'static const uint%d_t %s[%d][%d] = {\n' % (
        width, name, len(causes), len(columns))
    for cause in causes:
        cells = [str(pool.add(section(cause, column, words)))
                 for column in columns]
        out += '  {%s}, /* %s */\n' % (', '.join(cells), cause['id'])
    return out + '};\n'


def columns_enum(prefix, columns):
    """Names for the columns of such a table."""
    out = 'enum {\n'
    for position, column in enumerate(columns):
        out += '  %s_%s = %d,\n' % (prefix, column.upper(), position)
    return out + '  %s_COLUMNS = %d\n};\n' % (prefix, len(columns))


def causes_inc(causes, registries):
    """What every program that names a cause needs."""
    parties = {r.name: r for r in registries}['party']
    numbers = {name: value for value, name, _, _ in parties.rows}
    groups = source.cause_groups(causes)
    pool = emit.Pool(0xffff)
    table = offsets('cause_texts', 16, causes, SHORT, pool, {})
    facts = ''
    for cause in causes:
        if cause['party'] not in numbers:
            raise source.SourceError('causes.csv: %s: party %s' % (
                cause['id'], cause['party']))
        facts += '  {%d, %2d}, /* %s */\n' % (
            numbers[cause['party']], groups.index(cause['group']),
            cause['id'])
    return '\n'.join([
        emit.banner(['causes.csv', 'enums.csv'],
                    'A row\'s position is the number of its cause.'),
        columns_enum('CAUSE_TEXT', SHORT),
        '/* Party usually to blame, group. */\n'
        'static const uint8_t cause_facts[%d][2] = {\n%s};\n' % (
            len(causes), facts),
        table, pool.text('cause_pool')])


def cause_names_inc(causes):
    """The names rules.inc uses: as the catalogue spells them."""
    rows = ''.join('  CAUSE_%s = %s,\n' % (cause['id'], cause['number'])
                   for cause in causes)
    return emit.banner(['causes.csv'], 'Causes as rules name them.') + (
        '\nenum {\n%s};\n' % rows)


def catalogue_inc(causes):
    """What only a program that prints the catalogue needs."""
    words = wordings()
    known = {cause['id'] for cause in causes}
    for cause in words:
        if cause not in known:
            raise source.SourceError('wordings.csv: no cause %s' % cause)
    pool = emit.Pool(0xffffffff)
    table = offsets('catalogue_texts', 32, causes, LONG, pool, words)
    return '\n'.join([
        emit.banner(['causes.csv', 'wordings.csv'],
                    'A row\'s position is the number of its cause.'),
        columns_enum('CATALOGUE', LONG), table, pool.text('catalogue_pool')])
