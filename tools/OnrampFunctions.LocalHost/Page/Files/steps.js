// The steps of one request: received, signed, sent to the provider, published.
import { byId, el, svg } from './dom.js';
import { state } from './live.js';
import { clock, span } from './time.js';

const [LEFT, WIDTH, LINE] = [8, 624, 22];

/** The calls about the order while the request was processed: the provider does not know the request of a call. */
function callsOf(outcome) {
  const from = Date.parse(outcome.requestedAt) - 5;
  const to = Date.parse(outcome.publishedAt) + 5;
  const orderId = outcome.orderId ?? state.orders.orders.find((order) => order.hash === outcome.hash)?.orderId;
  return [...state.knownCalls.values()]
    .filter((call) => orderId !== undefined && call.orderId === orderId)
    .filter((call) => Date.parse(call.receivedAt) >= from && Date.parse(call.receivedAt) <= to)
    .sort((first, second) => first.number - second.number);
}

function stepsOf(outcome, calls) {
  const start = Date.parse(outcome.requestedAt);
  const published = Date.parse(outcome.publishedAt);
  const trigger = outcome.trigger === 'timeout' ? 'as a timeout' : `by ${outcome.trigger}`;
  const steps = [{ at: start, name: 'received', text: trigger }];
  for (const call of calls) {
    const [signed, received, ended] = [call.signedAt, call.receivedAt, call.endedAt].map(
      (instant) => (instant ? Date.parse(instant) : null));
    if (signed !== null) {
      // The signed timestamp is truncated to milliseconds, and may be from a corrected clock.
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

  steps.push({
    at: published,
    name: 'event',
    tone: outcome.outcome,
    text: `${outcome.outcome} published, ${span(published - start)} after the request`,
  });
  return steps;
}

/** The answer to a call, as text. */
export function answerOf(call) {
  const answer = call.endedAt ? `${call.statusCode ?? 'no answer'}` : 'in progress';
  return call.fault ? `${answer} (${call.fault})` : answer;
}

/** Shows the steps of the request of an outcome. */
export function openSteps(outcome) {
  const dialog = byId('steps');
  const order = outcome.orderId ?? outcome.hash ?? outcome.messageId;
  byId('steps-title').textContent = `${outcome.outcome ?? 'Message'} · ${order}`;
  const steps = outcome.requestedAt ? stepsOf(outcome, callsOf(outcome)) : [];
  drawChart(byId('steps-chart'), steps);
  byId('steps-list').replaceChildren(...steps.map(item));
  byId('steps-facts').replaceChildren(
    ...facts(outcome).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, String(value))]));
  dialog.showModal();
}

function item(step) {
  return el(
    'li', {}, el('span', { class: 'mono faint' }, clock(step.at)), ' ', el('b', {}, step.name), ' ', step.text,
    step.until ? el('span', { class: 'faint' }, ` in ${span(step.until - step.at)}`) : null,
    step.headers ? headerList(step.headers) : null);
}

function headerList(headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return el('details', {}, el('summary', {}, 'headers'), el('pre', { tabindex: '0' }, lines.join('\n')));
}

function facts(outcome) {
  const shown = {
    'request id': outcome.requestId,
    'event id': outcome.messageId,
    trigger: outcome.trigger,
    caller: outcome.caller,
    reason: outcome.reason,
    'order status': outcome.orderStatus,
    attempts: outcome.attempts,
    detail: outcome.detail,
    body: outcome.body,
  };
  if (outcome.requestedAt && callsOf(outcome).length === 0 && outcome.attempts > 0) {
    shown.calls = 'The calls are no longer kept, or they went to another provider.';
  }

  return Object.entries(shown).filter(([, value]) => value !== undefined && value !== null);
}

/** Draws a line per step; signing is the grey start of its call. */
function drawChart(chart, steps) {
  const start = steps[0]?.at ?? 0;
  const end = Math.max(steps.at(-1)?.at ?? 0, start + 1);
  const x = (at) => LEFT + (Math.max(at, start) - start) * WIDTH / (end - start);
  const lines = steps.filter((step) => step.name !== 'signed');
  chart.setAttribute('viewBox', `0 0 ${LEFT * 2 + WIDTH} ${Math.max(1, lines.length) * LINE + 4}`);
  chart.toggleAttribute('hidden', lines.length === 0);
  chart.replaceChildren(...lines.flatMap((step, index) => {
    const y = index * LINE + 4;
    const bar = (tone, from, to, least) => svg('rect', {
      class: tone,
      x: x(from).toFixed(1),
      y,
      width: Math.max(x(to) - x(from), least).toFixed(1),
      height: LINE - 8,
      rx: 2,
    });
    const late = x(step.at) > WIDTH * 0.6;
    const edge = late ? x(step.signed ?? step.at) - 6 : Math.max(x(step.until ?? step.at), x(step.at) + 4) + 6;
    return [
      svg('line', { class: 'rule', x1: LEFT, x2: LEFT + WIDTH, y1: y + LINE - 4, y2: y + LINE - 4 }),
      ...(step.signed ? [bar('step', Math.min(step.signed, step.at), step.at, 0)] : []),
      bar(step.tone ?? 'step', step.at, step.until ?? step.at, 4),
      svg(
        'text', { x: edge.toFixed(1), y: y + LINE - 11, 'text-anchor': late ? 'end' : 'start' },
        `${step.name} · ${step.text.replace(/ published.*/, '')}`),
    ];
  }));
}

export function setUpSteps() {
  byId('steps-close').addEventListener('click', () => byId('steps').close());
  byId('steps').addEventListener('click', (event) => {
    // A click on the dialog itself hits its backdrop.
    if (event.target === byId('steps')) {
      byId('steps').close();
    }
  });
}
