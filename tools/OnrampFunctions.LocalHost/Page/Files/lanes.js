// The requests about one order over time: a row for each, on a common axis.
import { toneOf as toneOfCall } from './calls.js';
import { byId, el, show, svg } from './dom.js';
import { toneOf } from './outcomes.js';
import { answerOf, kindOf, openSteps } from './steps.js';
import { clock, span } from './time.js';

const MOST = 12;
const [WIDTH, HEIGHT, LEAST] = [600, 14, 4];
const TICKS = 4;

/** Draws what is known of an order, newest request first. */
export function drawLanes({ outcomes, timeouts, entries, deadLetters, steps, calls }) {
  const lanes = new Map();
  const laneOf = (record, requestId) => {
    const key = record ?? requestId;
    if (!lanes.has(key)) {
      lanes.set(key, { key, record, words: [], marks: [] });
    }

    return lanes.get(key);
  };
  timeouts.forEach((timeout) => addTimeout(laneOf(timeout.record), timeout));
  outcomes.toReversed().forEach((outcome) => addOutcome(laneOf(outcome.record, outcome.requestId), outcome));
  steps.forEach((step) => addStep(laneOf(step.record), step));
  entries.forEach((entry) => addEntry(laneOf(entry.record), entry));
  deadLetters.forEach(({ record, reason }) => laneOf(record).words.push(`dead letter ${reason ?? ''}`.trim()));
  const rows = [...lanes.values()].filter(({ marks }) => marks.length > 0);
  rows.sort((one, other) => startOf(other) - startOf(one));
  rows.splice(MOST);
  const seen = calls.map((call) => mark(
    toneOfCall(call), call.receivedAt, call.endedAt ?? call.receivedAt, `${call.operation} → ${answerOf(call)}`));
  if (seen.length > 0) {
    const words = [`${seen.length} ${seen.length === 1 ? 'call' : 'calls'} of the provider`];
    rows.push({ key: 'calls', words, marks: seen });
  }

  byId('found-time').hidden = rows.length === 0;
  if (rows.length === 0) {
    return;
  }

  const marks = rows.flatMap((row) => row.marks);
  const from = Math.min(...marks.map(({ at }) => at));
  const to = Math.max(from + 1, ...marks.map(({ until }) => until));
  show(byId('lanes'), rows.map((row) => ({ ...row, from, to })), (row) => row.key, lane);
  drawAxis(byId('lanes-axis'), from, to);
}

/** Writes the times below a chart: the first as a time of the day, the others as the time since then. */
export function drawAxis(axis, from, to) {
  const times = Array.from({ length: TICKS + 1 }, (_, index) => (to - from) * index / TICKS);
  const text = (time) => (to - from < 10 ? `${time.toFixed(1)} ms` : span(time));
  axis.replaceChildren(...times.map((time, index) => el('span', {}, index === 0 ? clock(from) : `+${text(time)}`)));
}

const startOf = ({ marks }) => Math.min(...marks.map(({ at }) => at));

const mark = (tone, at, until, text) => ({ tone, at: Date.parse(at), until: Date.parse(until), text });

function addTimeout({ words, marks }, { state, caller, armedAt, dueAt, changedAt }) {
  words.push(`timeout ${state}${caller ? ` for ${caller}` : ''}`);
  const text = state === 'armed' ? 'timeout, from when it was armed until it is due' : `timeout, until it was ${state}`;
  marks.push(mark('pause', armedAt, state === 'armed' ? dueAt : changedAt, text));
}

function addOutcome({ words, marks }, outcome) {
  const name = [outcome.outcome, outcome.reasonCode].filter(Boolean).join(' / ');
  words.push(words.length === 0 ? `by ${outcome.trigger}: ${name}` : name);
  marks.push(mark(toneOf(outcome.outcome), outcome.requestedAt, outcome.completedAt, name));
}

function addStep({ marks }, { at, delivery, reason }) {
  marks.push(delivery
    ? mark('retry', at, at, `delivery ${delivery} scheduled`)
    : mark('dead', at, at, `dead letter ${reason}`));
}

function addEntry({ words, marks }, entry) {
  const text = `${kindOf(entry)} ${entry.state}`;
  if (!entry.isTimeout) {
    words.push(text);
  }

  marks.push(mark('pause', entry.enqueuedAt, entry.dueAt ?? entry.enqueuedAt, text));
}

function lane({ record, key, words, marks, from, to }) {
  const x = (at) => (at - from) * (WIDTH - LEAST) / (to - from);
  const label = words.join(', ') || 'request';
  return el(
    'li', {},
    record
      ? el('button', { type: 'button', class: 'link', onclick: () => openSteps({ record }) }, label)
      : el('span', { class: key === 'calls' ? 'faint' : null }, label),
    drawing(marks.map(({ tone, at, until, text }) => {
      const height = heightOf(tone, at, until);
      const shape = svg('rect', {
        class: tone,
        x: x(at).toFixed(1),
        y: (HEIGHT - height) / 2,
        width: Math.max(x(until) - x(at), LEAST).toFixed(1),
        height,
      });
      shape.append(svg('title', {}, `${clock(at)} ${text}`));
      return shape;
    })));
}

/** A pause is a line, a mark is as high as its row, and a bar is between them. */
function heightOf(tone, at, until) {
  if (tone === 'pause') {
    return 2;
  }

  return until > at ? HEIGHT - 6 : HEIGHT;
}

function drawing(shapes) {
  const chart = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  chart.append(...shapes);
  return chart;
}
