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

function line({ name, kind, unit, description, attributes, count, sum, max }) {
  const show = (value) => figure(value, unit === 's');
  return el(
    'tr', {},
    el('th', { scope: 'row', title: description ?? null }, el('span', { class: 'mono' }, name.replace(/^onramp\./, '')), ' ', el('span', { class: 'attributes' }, attributes)),
    el('td', { class: 'number' }, kind === 'counter' ? sum.toLocaleString('en') : kind === 'histogram' ? count.toLocaleString('en') : ''),
    el('td', { class: 'number' }, kind === 'gauge' ? show(sum) : kind === 'histogram' ? show(sum / count) : ''),
    el('td', { class: 'number' }, kind === 'histogram' ? show(max) : ''));
}

function figure(value, isSeconds) {
  if (isSeconds) {
    return value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 2 : 0)} ms` : `${value.toFixed(1)} s`;
  }

  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}
