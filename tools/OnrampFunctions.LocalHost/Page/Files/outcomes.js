// The outcome stream and the number of outcomes per second.
import { byId, el, setText, show, svg } from './dom.js';
import { countOf, hasOutcome, mentions } from './filter.js';
import { state } from './live.js';
import { clock, hostNow, time } from './time.js';
import { openSteps } from './steps.js';

const SHOWN = 100;
const SECONDS = 120;
const [WIDTH, HEIGHT] = [600, 80];

export function drawOutcomes() {
  const { total, outcomes } = state.outcomes;
  const rows = outcomes
    .filter(({ outcome }) => hasOutcome(state.hello?.kinds.includes(outcome) ? outcome : 'other'))
    .filter(({ orderId, hash, requestId, record, messageId }) => mentions(orderId, hash, requestId, record, messageId))
    .slice(0, SHOWN);
  show(byId('outcomes'), rows, (outcome) => outcome.number, row);
  setText(byId('outcomes-count'), countOf(rows.length, outcomes.length, total));
  byId('outcomes-empty').hidden = total > 0;
}

export const toneOf = (kind) => (state.hello?.kinds.includes(kind) ? kind : 'other');

const stepsButton = (outcome, order) => el(
  'button', {
    type: 'button',
    class: 'link mono cut',
    'aria-label': `Show the steps of order ${order}`,
    onclick: () => openSteps({ record: outcome.record, outcome }),
  },
  order);

function row(outcome) {
  const kind = outcome.outcome ?? 'no outcome';
  const code = outcome.reasonCode;
  const order = outcome.orderId ?? outcome.hash ?? outcome.messageId;
  const detail = [outcome.reason && `“${outcome.reason}”`, outcome.detail, outcome.body].filter(Boolean).join(' · ');
  return el(
    'tr', {},
    el('th', { scope: 'row' }, stepsButton(outcome, order)),
    el('td', {}, el('span', { class: `tone ${toneOf(outcome.outcome)}` }, code ? `${kind} / ${code}` : kind)),
    el('td', {}, outcome.trigger ?? ''),
    el('td', { class: 'minor number' }, outcome.attempts === undefined ? '' : String(outcome.attempts)),
    el('td', { class: 'minor said', title: detail || null }, detail),
    el('td', { class: 'when' }, time(outcome.publishedAt)));
}

/** Draws one path per kind, so that the size of the drawing is bounded. */
export function drawTimeline() {
  const kinds = state.hello?.kinds ?? [];
  const { totals, seconds } = state.tally;
  const newest = Math.floor(hostNow() / 1000);
  const shown = seconds.filter((second) => second.at > newest - SECONDS && second.at <= newest);
  const peak = Math.max(0, ...shown.map((second) => second.counts.reduce((sum, count) => sum + count, 0)));
  const most = roundUp(peak);
  const width = WIDTH / SECONDS;
  const paths = kinds.map(() => '');
  for (const { at, counts } of shown) {
    let top = HEIGHT;
    counts.forEach((count, kind) => {
      if (count > 0) {
        const height = count * HEIGHT / most;
        top -= height;
        const left = (SECONDS - 1 - newest + at) * width;
        paths[kind] += `M${left.toFixed(1)} ${top.toFixed(1)}h${width - 1}v${height.toFixed(1)}h${1 - width}z`;
      }
    });
  }

  show(
    byId('timeline'),
    kinds.map((kind, index) => ({ kind, path: paths[index] })),
    ({ kind }) => kind,
    ({ kind, path }) => svg('path', { class: kind, d: path }));
  show(
    byId('legend'),
    kinds
      .map((kind, index) => ({ kind, total: totals[index] ?? 0 }))
      .filter(({ kind, total }) => total > 0 || kind !== 'other'),
    (entry) => entry.kind,
    ({ kind, total }) => el(
      'li', {}, el('span', { class: `tone ${kind}` }, kind), ' ', el('b', {}, total.toLocaleString('en'))));
  setText(byId('peak'), peak > 0 ? `at most ${peak.toLocaleString('en')}` : '');
  setText(byId('scale-top'), most.toLocaleString('en'));
  setText(byId('scale-middle'), most % 2 === 0 ? (most / 2).toLocaleString('en') : '');
  drawSecond();
}

/** The least round number that is not smaller: 1, 2, 5, 10, 20 and so on. */
function roundUp(count) {
  const size = 10 ** Math.floor(Math.log10(Math.max(count, 1)));
  return [1, 2, 5, 10].map((digit) => digit * size).find((round) => round >= count);
}

/** The second that the pointer or the arrow keys have selected, as its place from the left; null for none. */
let place = null;

export function setUpTimeline() {
  const chart = byId('chart');
  const select = (selected) => {
    place = selected === null ? null : Math.min(Math.max(selected, 0), SECONDS - 1);
    drawSecond();
  };
  chart.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = byId('timeline').getBoundingClientRect();
    select(Math.floor((clientX - left) * SECONDS / width));
  });
  chart.addEventListener('pointerleave', () => select(null));
  chart.addEventListener('blur', () => select(null));
  chart.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      event.preventDefault();
      select((place ?? SECONDS) + step);
    }
  });
}

/** Shows the outcomes of the selected second. */
function drawSecond() {
  const text = byId('second');
  text.hidden = place === null;
  if (place === null) {
    return;
  }

  const at = Math.floor(hostNow() / 1000) - SECONDS + 1 + place;
  const counts = state.tally.seconds.find((second) => second.at === at)?.counts ?? [];
  const words = state.hello.kinds
    .map((kind, index) => ({ kind, count: counts[index] ?? 0 }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`);
  setText(
    text,
    `${clock(at * 1000).slice(0, 8)} · ${words.join(', ') || 'no outcomes'}`);
  text.classList.toggle('late', place > SECONDS / 2);
  text.style.left = `${place * 100 / SECONDS}%`;
}
