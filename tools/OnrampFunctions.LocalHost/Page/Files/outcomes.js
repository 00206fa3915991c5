// The outcome stream and the number of outcomes per second.
import { byId, el, setText, show, svg } from './dom.js';
import { state } from './live.js';
import { hostNow, time } from './time.js';
import { openSteps } from './steps.js';

const SECONDS = 120;
const [WIDTH, HEIGHT] = [600, 80];

export function drawOutcomes() {
  const { total, outcomes } = state.outcomes;
  show(byId('outcomes'), outcomes, (outcome) => outcome.number, row);
  setText(byId('outcomes-count'), total > outcomes.length ? `the newest ${outcomes.length} of ${total}` : total || '');
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
  const peak = Math.max(1, ...shown.map((second) => second.counts.reduce((sum, count) => sum + count, 0)));
  const width = WIDTH / SECONDS;
  const paths = kinds.map(() => '');
  for (const { at, counts } of shown) {
    let top = HEIGHT;
    counts.forEach((count, kind) => {
      if (count > 0) {
        const height = count * (HEIGHT - 2) / peak;
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
  setText(byId('peak'), shown.length > 0 ? `at most ${peak}` : '');
}
