// The values of the service's instruments.
import { byId, el, show } from './dom.js';
import { state } from './live.js';
import { clock, time } from './time.js';

export function drawMetrics() {
  const rows = state.metrics.instruments.flatMap((instrument) =>
    instrument.values.map((value) => ({ ...instrument, values: null, ...value })));
  show(byId('metrics'), rows, (row) => `${row.name} ${row.attributes}`, line);
  byId('metrics-empty').hidden = rows.length > 0;
  if (state.metrics.since && byId('metrics-since').childElementCount === 0) {
    byId('metrics-since').append(
      'counted since this page was first opened, at ', clock(state.metrics.since).slice(0, 8), ', ',
      time(state.metrics.since));
  }
}

function line({ name, kind, unit, description, attributes, count, sum, max }) {
  const show = (value) => figure(value, unit === 's');
  const [total, mean, largest] = {
    counter: () => [sum.toLocaleString('en'), '', ''],
    gauge: () => [`${show(sum)} now`, '', ''],
    histogram: () => [count.toLocaleString('en'), show(sum / count), show(max)],
  }[kind]();
  return el(
    'tr', {},
    el('th', { scope: 'row', title: description ?? null },
      el('span', { class: 'mono' }, name.replace(/^onramp\./, '')), ' ',
      el('span', { class: 'attributes' }, attributes)),
    el('td', { class: 'number' }, total),
    el('td', { class: 'number' }, mean),
    el('td', { class: 'number' }, largest));
}

function figure(value, isSeconds) {
  if (isSeconds) {
    return value < 1 ? `${(value * 1000).toFixed(value < 0.01 ? 2 : 0)} ms` : `${value.toFixed(1)} s`;
  }

  return Number.isInteger(value) ? value.toLocaleString('en') : value.toFixed(2);
}
