// The latest calls, as the provider saw them.
import { byId, el, setText, show } from './dom.js';
import { state } from './live.js';
import { span, time } from './time.js';
import { answerOf } from './steps.js';

export function drawCalls() {
  const { total, calls } = state.calls;
  show(byId('calls'), calls, (call) => call.number, row);
  setText(byId('calls-count'), total > calls.length ? `the latest ${calls.length} of ${total}` : total || '');
  byId('calls-empty').hidden = total > 0;
}

function row(call) {
  const took = call.endedAt ? span(Date.parse(call.endedAt) - Date.parse(call.receivedAt)) : '';
  const [key, payload, signature] = ['APIKEY', 'PAYLOAD', 'SIGNATURE'].map(
    (name) => call.headers[`X-ONRAMP-${name}`] || 'none');
  return el(
    'tr', {},
    el('th', { scope: 'row', class: 'mono' }, call.orderId ?? 'unknown'),
    el('td', {}, call.operation),
    el('td', { title: took ? `after ${took}` : null }, el('span', { class: `tone ${toneOf(call)}` }, answerOf(call))),
    el('td', { class: 'minor mono faint' }, key),
    el('td', { class: 'minor mono faint', title: `payload ${payload}` }, signature),
    el('td', { class: 'when' }, time(call.receivedAt)));
}

export function toneOf(call) {
  if (!call.endedAt) {
    return 'waiting';
  }

  return call.statusCode === 200 && !call.fault ? 'cancelled' : 'failed';
}
