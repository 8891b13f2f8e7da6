// show.js: verdicts as elements of the page.
'use strict';

const AT_ONCE = 100; // more are shown on demand

function element(tag, text, parent, className) {
  const one = document.createElement(tag);
  if (text) { one.textContent = text; }
  if (className) { one.className = className; }
  if (parent) { parent.append(one); }
  return one;
}

const plain = (id) => id.replace(/_/g, ' ');

function ladderOf(steps) {
  const box = document.createElement('details');
  box.open = true;
  element('summary', 'What was seen', box);
  const list = element('ol', '', box);
  for (const { side, text, after, frame } of steps) {
    const step = element('li', '', list, side);
    if (frame !== undefined) {
      element('span', `${after.toFixed(6)} #${frame}`, step, 'when');
    }
    step.append(text);
  }
  return box;
}

function articleOf(v) {
  const box = document.createElement('article');
  box.className = v.outcome;
  box.dataset.cause = v.cause;
  element('h2', v.cause === 'none' ? plain(v.outcome)
    : `${plain(v.cause)} (${v.confidence} %, ${v.party})`, box);
  element('div', [v.index !== undefined && `#${v.index}`, v.line,
    v.client && `${v.client} to ${v.server}`, v.sni, v.version_max]
    .filter(Boolean).join(' \u00b7 '), box, 'meta');
  element('p', v.text, box, 'text');
  box.append(ladderOf(v.ladder));
  return box;
}

function groupOf(group) {
  const box = document.createElement('article');
  box.className = 'group';
  box.dataset.cause = group.cause;
  element('h2', `Together: ${plain(group.cause)} (${group.confidence} %, ` +
    `${group.party})`, box);
  element('div', `${group.client}, connections ` +
    group.connections.map((index) => `#${index}`).join(', '), box, 'meta');
  element('p', group.text, box, 'text');
  return box;
}

// What was left out, so that silence about it misleads nobody.
function notesOf({ counts, links, damage }) {
  const notes = [];
  const note = (count, what) => {
    if (count) { notes.push(`${count} ${what}`); }
  };
  note(counts.fragments, 'IP fragments were not put together');
  note(counts.cut, 'packets were cut inside a header');
  note(counts.missing, 'bytes of TCP streams are missing from the capture');
  note(counts.unwatched, 'connections were judged early or not at all: ' +
    'too many were open');
  for (const link of links) {
    notes.push(`frames of link type ${link} were not read`);
  }
  if (damage) { notes.push(`${damage}; what came before is judged`); }
  return notes;
}

function summaryOf(result) {
  const { verdicts, counts, frames } = result;
  const failed = verdicts.filter((v) =>
    v.outcome === 'failed' || v.outcome === 'not_tls').length;
  if (frames === undefined) {
    return verdicts.length ? '' : 'Nothing recognised.';
  }
  return `${frames} packets; handshakes: ${counts.completed} completed, ` +
    `${failed} failed, ${verdicts.length - failed} other; ` +
    `${counts.foreign} connections are not TLS`;
}

// Shows a result in `out`; `status` has the line about all of it.
function show(result, out, status) {
  status.textContent = summaryOf(result);
  out.replaceChildren();
  const notes = notesOf(result);
  if (notes.length) {
    const list = element('ul', '', out, 'notes');
    for (const note of notes) { element('li', note, list); }
  }
  out.append(...result.groups.map(groupOf));
  let shown = 0;
  const more = element('button', '', null, 'more');
  more.type = 'button';
  const next = () => {
    const first = shown;
    for (; shown < result.verdicts.length && shown < first + AT_ONCE; shown++) {
      more.before(articleOf(result.verdicts[shown]));
    }
    more.textContent = `${result.verdicts.length - shown} more`;
    more.hidden = shown === result.verdicts.length;
  };
  out.append(more);
  more.addEventListener('click', next);
  next();
}
