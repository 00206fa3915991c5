// The way of one request: received, signed, at the provider, published.
import { byId, el, svg } from './dom.js';
import { state } from './live.js';
import { clock, span } from './time.js';

const [LEFT, WIDTH, LINE] = [8, 624, 22];

/** Calls about the order while the request was worked on: the provider is told nothing of requests, so that is all it can know of them. */
function callsOf(outcome) {
  const from = Date.parse(outcome.requestedAt) - 5;
  const to = Date.parse(outcome.publishedAt) + 5;
  const orderId = outcome.orderId ?? state.orders.orders.find((order) => order.hash === outcome.hash)?.orderId;
  return [...state.knownCalls.values()]
    .filter((call) => call.orderId === orderId && orderId !== undefined && Date.parse(call.receivedAt) >= from && Date.parse(call.receivedAt) <= to)
    .sort((one, other) => one.number - other.number);
}

function stepsOf(outcome, calls) {
  const start = Date.parse(outcome.requestedAt);
  const steps = [{ at: start, name: 'received', text: outcome.trigger === 'timeout' ? 'asked for, to be done later' : `by ${outcome.trigger}` }];
  for (const call of calls) {
    const [signed, received, ended] = [call.signedAt, call.receivedAt, call.endedAt].map((instant) => (instant ? Date.parse(instant) : null));
    if (signed !== null) {
      // The timestamp that is signed is cut to milliseconds, and may be of a clock that was corrected.
      steps.push({ at: Math.min(Math.max(signed, start), received), name: 'signed', text: `for ${call.operation}` });
    }

    steps.push({
      at: received,
      signed,
      until: ended,
      name: 'provider',
      tone: call.statusCode === 200 && !call.fault ? 'cancelled' : 'failed',
      text: `${call.operation} → ${answerOf(call)}`,
      headers: call.headers,
    });
  }

  steps.push({ at: Date.parse(outcome.publishedAt), name: 'event', tone: outcome.outcome, text: `${outcome.outcome} published, ${span(Date.parse(outcome.publishedAt) - start)} after it was asked for` });
  return steps;
}

/** What a call was answered, in words. */
export function answerOf(call) {
  const answer = call.endedAt ? `${call.statusCode ?? 'no answer'}` : 'under way';
  return call.fault ? `${answer} (${call.fault})` : answer;
}

/** Shows the way of the request that an outcome is about. */
export function openWay(outcome) {
  const dialog = byId('way');
  byId('way-title').textContent = `${outcome.outcome ?? 'Message'} · ${outcome.orderId ?? outcome.hash ?? outcome.messageId}`;
  const steps = outcome.requestedAt ? stepsOf(outcome, callsOf(outcome)) : [];
  drawChart(byId('way-chart'), steps);
  byId('way-steps').replaceChildren(...steps.map(item));
  byId('way-facts').replaceChildren(...facts(outcome).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, String(value))]));
  dialog.showModal();
}

function item(step) {
  return el(
    'li', {}, el('span', { class: 'mono faint' }, clock(step.at)), ' ', el('b', {}, step.name), ' ', step.text,
    step.until ? el('span', { class: 'faint' }, ` in ${span(step.until - step.at)}`) : null,
    step.headers ? el('details', {}, el('summary', {}, 'headers'), el('pre', { tabindex: '0' }, Object.entries(step.headers).map(([name, value]) => `${name}: ${value}`).join('\n'))) : null);
}

function facts(outcome) {
  const shown = { 'request id': outcome.requestId, 'event id': outcome.messageId, trigger: outcome.trigger, caller: outcome.caller, reason: outcome.reason, 'order status': outcome.orderStatus, attempts: outcome.attempts, detail: outcome.detail, body: outcome.body };
  if (outcome.requestedAt && callsOf(outcome).length === 0 && outcome.attempts > 0) {
    shown.calls = 'The calls to the provider are not remembered any more, or another provider than the simulated one was called.';
  }

  return Object.entries(shown).filter(([, value]) => value !== undefined && value !== null);
}

/** A line for each step; signing is the grey beginning of the call that it is for. */
function drawChart(chart, steps) {
  const [start, end] = [steps[0]?.at ?? 0, Math.max(steps.at(-1)?.at ?? 0, (steps[0]?.at ?? 0) + 1)];
  const x = (at) => LEFT + (Math.max(at, start) - start) * WIDTH / (end - start);
  const lines = steps.filter((step) => step.name !== 'signed');
  chart.setAttribute('viewBox', `0 0 ${LEFT * 2 + WIDTH} ${Math.max(1, lines.length) * LINE + 4}`);
  chart.toggleAttribute('hidden', lines.length === 0);
  chart.replaceChildren(...lines.flatMap((step, index) => {
    const y = index * LINE + 4;
    const bar = (tone, from, to, least) => svg('rect', { class: tone, x: x(from).toFixed(1), y, width: Math.max(x(to) - x(from), least).toFixed(1), height: LINE - 8, rx: 2 });
    const late = x(step.at) > WIDTH * 0.6;
    const edge = late ? x(step.signed ?? step.at) - 6 : Math.max(x(step.until ?? step.at), x(step.at) + 4) + 6;
    return [
      svg('line', { class: 'rule', x1: LEFT, x2: LEFT + WIDTH, y1: y + LINE - 4, y2: y + LINE - 4 }),
      ...(step.signed ? [bar('step', Math.min(step.signed, step.at), step.at, 0)] : []),
      bar(step.tone ?? 'step', step.at, step.until ?? step.at, 4),
      svg('text', { x: edge.toFixed(1), y: y + LINE - 11, 'text-anchor': late ? 'end' : 'start' }, `${step.name} · ${step.text.replace(/ published.*/, '')}`),
    ];
  }));
}

export function setUpWay() {
  byId('way-close').addEventListener('click', () => byId('way').close());
  byId('way').addEventListener('click', (event) => {
    // Outside: on the dialog itself is only its backdrop.
    if (event.target === byId('way')) {
      byId('way').close();
    }
  });
}
