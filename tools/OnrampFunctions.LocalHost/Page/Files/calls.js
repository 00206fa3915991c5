// The latest calls, as the provider saw them.
import { byId, el, setText, show } from './dom.js';
import { countOf, mentions } from './filter.js';
import { state } from './live.js';
import { span, time } from './time.js';
import { answerOf, headerList } from './steps.js';

export function drawCalls() {
  const { total, calls } = state.calls;
  const rows = calls.filter(({ orderId }) => mentions(orderId));
  show(byId('calls'), rows, (call) => call.number, row);
  setText(byId('calls-count'), countOf(rows.length, calls.length, total, 'latest'));
  byId('calls-empty').hidden = total > 0;
}

function row(call) {
  const took = call.endedAt ? span(Date.parse(call.endedAt) - Date.parse(call.receivedAt)) : '';
  return el(
    'tr', {},
    el('th', { scope: 'row', class: 'mono' }, call.orderId ?? 'unknown'),
    el('td', {}, headerList(call.operation, call.headers)),
    el('td', { title: took ? `after ${took}` : null }, el('span', { class: `tone ${toneOf(call)}` }, answerOf(call))),
    el('td', { class: 'when' }, time(call.receivedAt)));
}

export function toneOf(call) {
  if (!call.endedAt) {
    return 'waiting';
  }

  return call.statusCode === 200 && !call.fault ? 'cancelled' : 'failed';
}
