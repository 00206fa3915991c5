// The queue and its dead letters.
import { byId, el, setText, show } from './dom.js';
import { countOf, mentions } from './filter.js';
import { state } from './live.js';
import { action, requests } from './requests.js';
import { kindOf, openSteps } from './steps.js';
import { time } from './time.js';

/** How many requests wait for another attempt, since when and why. */
export function drawRetrying() {
  const { count, isMore, since, nextTryAt, causes } = state.retrying;
  byId('retrying').hidden = count === 0;
  byId('retrying').replaceChildren(
    `${isMore ? 'More than ' : ''}${count.toLocaleString('en')} ${count === 1 ? 'request waits' : 'requests wait'} `,
    'for another attempt: ',
    Object.entries(causes).map(([cause, number]) => `${number.toLocaleString('en')} ${cause}`).join(', '),
    ...(count === 0 ? [] : ['; the oldest since ', time(since), ', the next attempt ', time(nextTryAt), '.']));
}

export function drawQueue() {
  const { queue, hello } = state;
  setText(byId('queue-name'), hello?.queue ?? '');
  const counts = {
    waiting: queue.waiting,
    locked: queue.locked,
    scheduled: queue.scheduled,
    'dead-lettered': queue.deadLettered,
  };
  for (const [id, count] of Object.entries(counts)) {
    setText(byId(id), count.toLocaleString('en'));
    byId(id).classList.toggle('some', count > 0);
  }

  const isWanted = ({ body: text, messageId, record }) => mentions(text, messageId, record);
  const entries = queue.entries.filter(isWanted);
  show(byId('entries'), entries, (entry) => entry.number, message);
  const total = queue.waiting + queue.locked + queue.scheduled;
  setText(byId('entries-count'), countOf(entries.length, queue.entries.length, total, 'first'));
  byId('entries-empty').hidden = queue.entries.length > 0;
  const deadLetters = queue.deadLetters.filter(isWanted);
  show(byId('dead-letters'), deadLetters, (entry) => entry.number, deadLetter);
  setText(
    byId('dead-letters-count'),
    countOf(deadLetters.length, queue.deadLetters.length, queue.deadLettered, 'oldest'));
  byId('dead-letters-empty').hidden = queue.deadLetters.length > 0;
}

/** A button that shows the request of a message. */
const stepsButton = (entry, label, tone, name) => el(
  'button', {
    type: 'button',
    class: 'link',
    'aria-label': `${label}: show the request of ${name} ${entry.number}`,
    onclick: () => openSteps({ record: entry.record }),
  },
  el('span', { class: `tone ${tone}` }, label));

export function message(entry) {
  return el(
    'li', {},
    el(
      'p', {},
      stepsButton(entry, `${kindOf(entry)} ${entry.state}`, entry.state, 'message'), ' ',
      el('span', { class: 'faint' }, entry.dueAt ? 'due ' : 'since ', time(entry.dueAt ?? entry.enqueuedAt))),
    body(entry),
    entry.timeoutOrder ? el('p', { class: 'actions' }, disarm(entry)) : null);
}

const disarm = ({ number, timeoutOrder }) =>
  action('Disarm', `timeout ${number}`, () => requests.disarmTimeout(timeoutOrder));

export function deadLetter(entry) {
  return el(
    'li', {},
    el(
      'p', {},
      stepsButton(entry, entry.reason ?? 'no reason given', 'failed', 'dead letter'), ' ',
      el('span', { class: 'faint' }, 'sent ', time(entry.enqueuedAt))),
    entry.description ? el('p', { class: 'said', title: entry.description }, entry.description) : null,
    body(entry),
    el('p', { class: 'actions' },
      action('Replay', `dead letter ${entry.number}`, () => requests.replay(entry.number)),
      action('Remove', `dead letter ${entry.number}`, () => requests.remove(entry.number))));
}

const body = (entry) => el(
  'p', { class: 'mono cut faint', title: `message ${entry.messageId}` }, entry.body || '(no body)');
