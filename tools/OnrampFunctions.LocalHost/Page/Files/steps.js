// One request: its state, and its steps from its receipt to its outcome events, retries and dead letters.
import { byId, el, setText, show, svg } from './dom.js';
import { drawAxis } from './lanes.js';
import { clock, span, time } from './time.js';

const [LEFT, WIDTH, LINE] = [8, 624, 22];
const NOTHING = { entries: [], deadLetters: [], events: [], steps: [], calls: [] };

/** What the dialog shows: the id of a record, the outcome that was selected, and what the host knows. */
let shown = null;
let isAsking = false;

/** Shows a request by the id of its record, or an outcome event without one. */
export function openSteps({ record, outcome }) {
  shown = { record, outcome, history: null, missing: '' };
  draw();
  byId('steps').showModal();
  refreshSteps();
}

/** Asks the host for the request; called once a second while the dialog is open. */
export async function refreshSteps() {
  const asked = shown;
  if (!asked?.record || !byId('steps').open || (isAsking && asked.history)) {
    return;
  }

  isAsking = true;
  try {
    const response = await fetch(`/simulator/history/requests/${asked.record}`);
    const answer = await response.json();
    asked.missing = response.ok ? '' : answer.detail;
    asked.history = response.ok ? answer : asked.history;
    if (shown === asked) {
      draw();
    }
  } catch {
    // The page already shows that the connection is lost.
  } finally {
    isAsking = false;
  }
}

export function kindOf(entry) {
  if (entry.isTimeout) {
    return 'timeout';
  }

  return entry.delivery ? `delivery ${entry.delivery}` : 'message';
}

/** The answer to a call, as text. */
export function answerOf(call) {
  const answer = call.endedAt ? `${call.statusCode ?? 'no answer'}` : 'in progress';
  return call.fault ? `${answer} (${call.fault})` : answer;
}

function draw() {
  const view = viewOf(shown);
  const steps = stepsOf(view);
  setText(byId('steps-title'), `${view.current} · ${view.order}`);
  byId('steps-state').replaceChildren(...stateOf(view));
  drawChart(byId('steps-chart'), [...steps, ...view.entries.filter(({ dueAt }) => dueAt).map(pauseOf)]);
  const items = [...present(view), ...steps.toReversed()];
  show(
    byId('steps-list'),
    items.map((step, index) => ({ ...step, key: items.length - index })),
    (step) => `${step.name} ${step.key}`,
    item);
  byId('steps-facts').replaceChildren(
    ...facts(view).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, String(value))]));
}

/** The time until a message is due. */
const pauseOf = (entry) => ({
  at: Date.parse(entry.enqueuedAt),
  until: Date.parse(entry.dueAt),
  name: kindOf(entry),
  text: 'waits until it is due',
});

/** The host's answer, with the selected outcome if it is not part of it. */
function viewOf({ record, outcome, history, missing }) {
  const { state, order, ...rest } = history ?? NOTHING;
  const isNew = outcome && !rest.events.some((event) => event.messageId === outcome.messageId);
  const events = isNew ? [outcome, ...rest.events] : rest.events;
  const last = state?.outcome ?? events[0];
  const subject = order ?? last?.orderId ?? last?.hash ?? last?.messageId ?? 'order unknown';
  return { ...rest, record, missing, state, events, last, order: subject, current: currentOf(rest, state, last) };
}

function currentOf({ entries, deadLetters }, state, last) {
  if (entries.length > 0 || (state && !state.outcome)) {
    return 'waiting';
  }

  return last?.outcome ?? (deadLetters.length > 0 ? 'dead letter' : 'Message');
}

/** The state of the record as a sentence. */
function stateOf({ record, state, missing, entries }) {
  if (!record || missing) {
    return [missing || 'This message does not belong to a request.'];
  }

  if (!state) {
    return [entries.length > 0 ? 'It has no record yet.' : 'It has no record.'];
  }

  if (state.outcome) {
    return ['Recorded as ', el('b', {}, state.outcome.outcome), ' ', time(state.outcome.completedAt), '.'];
  }

  const next = state.nextTryAt ? [', next attempt ', time(state.nextTryAt)] : [];
  const reason = state.lastReason ? [' after: ', el('b', {}, state.lastReason)] : [];
  return ['Recorded as waiting since ', time(state.waitingSince), ...next, ...reason, '.'];
}

/** What is on the queue now. */
function present({ entries, deadLetters }) {
  return [
    ...entries.map((entry) => ({
      at: Date.parse(entry.enqueuedAt),
      name: kindOf(entry),
      text: entry.dueAt ? `${entry.state}, due ` : entry.state,
      due: entry.dueAt,
    })).toReversed(),
    ...deadLetters.map((entry) => ({
      at: Date.parse(entry.enqueuedAt),
      name: 'dead letter',
      text: [entry.reason ?? 'no reason given', entry.description].filter(Boolean).join(': '),
    })).toReversed(),
  ];
}

/** What has happened, oldest first. */
function stepsOf({ state, events, steps: queued, calls, last, entries, deadLetters }) {
  const sent = [...entries, ...deadLetters].map((entry) => entry.enqueuedAt);
  const asked = [last?.requestedAt, state?.waitingSince, ...sent]
    .filter(Boolean)
    .map((instant) => Date.parse(instant));
  if (asked.length === 0) {
    return [];
  }

  const start = Math.min(...asked);
  const steps = [
    ...calls.flatMap((call) => stepsOfCall(call, start)),
    ...queued.map(({ at, delivery, reason }) => ({
      at: Date.parse(at),
      name: delivery ? 'retry' : 'dead-lettered',
      tone: delivery ? 'not_cancellable' : 'failed',
      text: delivery ? `delivery ${delivery} scheduled` : reason,
    })),
    ...events.filter((event) => event.requestedAt).map((event) => ({
      at: Date.parse(event.publishedAt),
      name: 'event',
      tone: event.outcome,
      text: `${[event.outcome, event.reasonCode].filter(Boolean).join(' / ')} published, `
        + `${span(Date.parse(event.publishedAt) - start)} after the request`,
    })),
  ].sort((first, second) => first.at - second.at);
  return [{ at: start, name: 'received', text: triggerOf(last) }, ...steps];
}

function triggerOf(outcome) {
  if (!outcome?.trigger) {
    return '';
  }

  return outcome.trigger === 'timeout' ? 'as a timeout' : `by ${outcome.trigger}`;
}

function stepsOfCall(call, start) {
  const [signed, received, ended] = [call.signedAt, call.receivedAt, call.endedAt].map(
    (instant) => (instant ? Date.parse(instant) : null));
  const steps = [{
    at: received,
    signed,
    until: ended,
    name: 'provider',
    tone: call.statusCode === 200 && !call.fault ? 'cancelled' : 'failed',
    text: `${call.operation} → ${answerOf(call)}`,
    headers: call.headers,
  }];
  if (signed !== null) {
    // The signed timestamp is truncated to milliseconds, and may be from a corrected clock.
    steps.unshift({ at: Math.min(Math.max(signed, start), received), name: 'signed', text: `for ${call.operation}` });
  }

  return steps;
}

function item(step) {
  return el(
    'li', {}, el('span', { class: 'mono faint' }, clock(step.at)), ' ', el('b', {}, step.name), ' ', step.text,
    step.due ? time(step.due) : null,
    step.until ? el('span', { class: 'faint' }, ` in ${span(step.until - step.at)}`) : null,
    step.headers ? headerList('headers', step.headers) : null);
}

/** The headers of a call, folded. */
export function headerList(label, headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value || 'none'}`);
  return el('details', {}, el('summary', {}, label), el('pre', { tabindex: '0' }, lines.join('\n')));
}

function facts({ record, state, last, calls, entries, deadLetters }) {
  const { caller, requestId } = state ?? last ?? {};
  const found = {
    'request id': requestId,
    record: record ? `/api/requests/${record}` : null,
    'event id': last?.messageId,
    trigger: last?.trigger,
    caller,
    reason: last?.reason,
    'order status': last?.orderStatus,
    attempts: last?.attempts,
    detail: last?.detail,
    body: last?.body ?? [...entries, ...deadLetters][0]?.body,
  };
  if (last?.requestedAt && calls.length === 0 && last.attempts > 0) {
    found.calls = 'None are known: the circuit was open, they went to another provider, or they are no longer kept.';
  }

  return Object.entries(found).filter(([, value]) => value !== undefined && value !== null);
}

/** Draws a line per step; signing is the grey start of its call. */
function drawChart(chart, steps) {
  const start = steps[0]?.at ?? 0;
  const end = Math.max(start + 1, ...steps.map(({ at, until }) => until ?? at));
  const x = (at) => LEFT + (Math.max(at, start) - start) * WIDTH / (end - start);
  const lines = steps.filter((step) => step.name !== 'signed');
  chart.setAttribute('viewBox', `0 0 ${LEFT * 2 + WIDTH} ${Math.max(1, lines.length) * LINE + 4}`);
  chart.toggleAttribute('hidden', lines.length === 0);
  byId('steps-axis').hidden = lines.length === 0;
  drawAxis(byId('steps-axis'), start, end);
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
        [step.name, step.text.replace(/ published.*/, '')].filter(Boolean).join(' · ')),
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
