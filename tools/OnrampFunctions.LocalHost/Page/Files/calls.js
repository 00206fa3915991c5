// The last calls, as the provider saw them.
import { byId, el, setText, show } from './dom.js';
import { state } from './live.js';
import { span, time } from './time.js';
import { answerOf } from './way.js';

export function drawCalls() {
  const { total, calls } = state.calls;
  show(byId('calls'), calls, (call) => call.number, row);
  setText(byId('calls-count'), total > calls.length ? `the last ${calls.length} of ${total}` : total || '');
  byId('calls-empty').hidden = total > 0;
}

function row(call) {
  const isWell = call.statusCode === 200 && !call.fault;
  const took = call.endedAt ? span(Date.parse(call.endedAt) - Date.parse(call.receivedAt)) : '';
  return el(
    'tr', {},
    el('th', { scope: 'row', class: 'mono' }, call.orderId ?? 'unknown'),
    el('td', {}, call.operation),
    el('td', { title: took ? `after ${took}` : null }, el('span', { class: `tone ${call.endedAt ? (isWell ? 'cancelled' : 'failed') : 'waiting'}` }, answerOf(call))),
    el('td', { class: 'minor mono faint' }, call.headers['X-ONRAMP-APIKEY'] || 'none'),
    el('td', { class: 'minor mono faint', title: `payload ${call.headers['X-ONRAMP-PAYLOAD'] || 'none'}` }, call.headers['X-ONRAMP-SIGNATURE'] || 'none'),
    el('td', { class: 'when' }, time(call.receivedAt)));
}
