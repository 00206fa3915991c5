// What the service's instruments say.
import { byId, el, show } from './dom.js';
import { state } from './live.js';
import { time } from './time.js';

export function drawMetrics() {
  const rows = state.metrics.instruments.flatMap((instrument) => instrument.values.map((value) => ({ ...instrument, values: null, ...value })));
  show(byId('metrics'), rows, (row) => `${row.name} ${row.attributes}`, line);
  byId('metrics-empty').hidden = rows.length > 0;
  if (state.metrics.since && byId('metrics-since').childElementCount === 0) {
    byId('metrics-since').append('since ', time(state.metrics.since));
  }
}

function line({ name, unit, description, attributes, count, sum, max }) {
  const seconds = unit === 's';
  const mean = count > 1 && (seconds || sum !== count);
  return el(
    'tr', {},
    el('th', { scope: 'row', class: 'mono', title: description ?? null }, name.replace(/^onramp\./, '')),
    el('td', { class: 'minor mono faint said', title: attributes || null }, attributes),
    el('td', { class: 'number' }, count.toLocaleString('en')),
    el('td', { class: 'number', title: mean ? 'mean' : null }, figure(mean ? sum / count : sum, seconds)),
    el('td', { class: 'number minor' }, figure(max, seconds)));
}

function figure(value, seconds) {
  if (seconds) {
    return value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 2 : 0)} ms` : `${value.toFixed(1)} s`;
  }

  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}
