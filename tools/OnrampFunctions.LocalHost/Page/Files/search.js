// Everything about one order, and the requests with one id. The query of the page's address keeps the search.
import { toneOf as toneOfCall } from './calls.js';
import { byId, el, setText, show } from './dom.js';
import { drawLanes } from './lanes.js';
import { state } from './live.js';
import { orderState } from './orders.js';
import { toneOf } from './outcomes.js';
import { deadLetter, message } from './queue.js';
import { action, requests } from './requests.js';
import { answerOf, openSteps } from './steps.js';
import { time } from './time.js';

const PAGE = 20;
const MOST = 500;

const start = byId('search-said').textContent;
let search = null;
let isAsking = false;

export function setUpSearch() {
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    go(byId('search-order').value.trim());
  });
  byId('search-clear').addEventListener('click', () => {
    go('');
    byId('search-order').focus();
  });
  byId('found-older').addEventListener('click', () => {
    search.outcomes = Math.min(search.outcomes + PAGE, MOST);
    refreshSearch();
  });
  window.addEventListener('popstate', read);
  read();
}

/** Keeps the search in the address, so that it can be shared and survives a reload. */
function go(order) {
  const address = new URL(location.href);
  address.hash = '';
  if (order) {
    address.searchParams.set('order', order);
  } else {
    address.searchParams.delete('order');
  }

  if (address.href !== location.href) {
    history.pushState(null, '', address);
  }

  read();
}

function read() {
  const order = new URL(location.href).searchParams.get('order') ?? '';
  byId('search-order').value = order;
  byId('search-clear').hidden = !order;
  byId('found').hidden = true;
  byId('found-requests').hidden = true;
  const isOrder = /^\d{1,19}$/.test(order) || order.startsWith('hash:');
  search = isOrder ? { order, outcomes: PAGE, isShown: false } : null;
  setText(byId('search-said'), order ? `Searching for ${order}.` : start);
  if (order && !isOrder) {
    findRequests(order.replace(/^request:/, ''));
  }

  refreshSearch();
}

/** Lists the requests with an id, and shows the request if it is the only one. */
async function findRequests(requestId) {
  const address = location.href;
  const response = await fetch(`/simulator/history/requests?requestId=${encodeURIComponent(requestId)}`)
    .catch(() => null);
  const requestsFound = response?.ok ? (await response.json()).requests : [];
  if (location.href !== address) {
    return;
  }

  const [count, only] = [requestsFound.length, requestsFound[0]];
  setText(
    byId('search-said'),
    count === 0
      ? `Nothing is known of a request ${requestId}. An order is an id of 1 to 19 digits, or hash: and its hash.`
      : `${count} ${count === 1 ? 'request has' : 'requests have'} the id ${requestId}:`);
  byId('found-requests').hidden = count === 0;
  show(byId('found-requests'), requestsFound, ({ record }) => record, requestRow);
  if (count === 1) {
    openSteps({ record: only.record });
  }
}

const requestRow = (found) => el(
  'li', {},
  el(
    'p', {},
    stepsButton(
      found.record, found.outcome ?? 'waiting', toneOf(found.outcome), `${found.requestId} of ${nameOf(found)}`),
    ' ', el('span', { class: 'faint' }, `${nameOf(found)}${found.order ? ` · order ${found.order}` : ''}`)));

/** Asks the host for the order; called once a second. */
export async function refreshSearch() {
  const asked = search;
  if (!asked || !state.hello || (isAsking && asked.isShown)) {
    return;
  }

  isAsking = true;
  try {
    const path = `/simulator/history/orders/${encodeURIComponent(asked.order)}?outcomes=${asked.outcomes}`;
    const response = await fetch(path);
    const answer = await response.json();
    if (search === asked) {
      asked.isShown = true;
      draw(answer, response.ok);
    }
  } catch {
    // The page already shows that the connection is lost.
  } finally {
    isAsking = false;
  }
}

function draw(found, isOrder) {
  const lists = isOrder ? listsOf(found) : [];
  const isEmpty = lists.every(([, items]) => items.length === 0);
  byId('found').hidden = isEmpty;
  if (!isOrder) {
    setText(byId('search-said'), found.detail);
    return;
  }

  setText(
    byId('search-said'),
    isEmpty
      ? `Nothing is known of order ${found.order}: no simulated order, timeout, outcome, message or call.`
      : `Order ${found.order}, for all callers:`);
  drawLanes(found);
  for (const [id, items, make] of lists) {
    const rows = items.length > 0 ? items : [{ key: 'none' }];
    show(byId(id), rows, (row) => row.key, (row) => (row.key === 'none' ? none() : make(row)));
  }

  byId('found-older').hidden = !found.hasMoreOutcomes || search.outcomes >= MOST;
}

const none = () => el('li', { class: 'faint' }, 'none');

const listsOf = ({ simulated, timeouts, outcomes, entries, deadLetters, calls }) => [
  [
    'found-order',
    [
      ...(simulated ? [{ ...simulated, key: 'order' }] : []),
      ...timeouts.map((timeout) => ({ ...timeout, key: `timeout ${timeout.order} ${timeout.caller ?? ''}` })),
    ],
    (row) => (row.key === 'order' ? order(row) : timeoutRow(row)),
  ],
  ['found-outcomes', outcomes.map((outcome) => ({ ...outcome, key: outcome.messageId })), outcomeRow],
  [
    'found-messages',
    [
      ...deadLetters.map((entry) => ({ ...entry, key: `dead ${entry.number}` })),
      ...entries.map((entry) => ({ ...entry, key: entry.number })),
    ],
    (row) => (typeof row.key === 'string' ? deadLetter(row) : message(row)),
  ],
  ['found-calls', calls.map((call) => ({ ...call, key: call.number })), callRow],
];

const order = (simulated) => el(
  'li', {},
  el('p', {}, el('b', { class: 'mono' }, simulated.orderId), ' ', orderState(simulated)),
  el(
    'p', { class: 'faint' },
    `${simulated.cancelCalls} cancelOrder, ${simulated.getCalls} getOrder · created `, time(simulated.createdAt)),
  simulated.hash ? el('p', { class: 'mono cut faint', title: simulated.hash }, `hash:${simulated.hash}`) : null);

const tones = { armed: 'scheduled', firing: 'locked', fired: 'cancelled' };

const nameOf = ({ caller }) => (caller ? `caller ${caller}` : 'an unnamed caller');

function timeoutRow(timeout) {
  const isArmed = timeout.state === 'armed';
  const details = [
    nameOf(timeout),
    timeout.whenExpired ? 'follows the end of the order' : null,
    timeout.outcome,
    timeout.reason && `“${timeout.reason}”`,
  ].filter(Boolean).join(' · ');
  return el(
    'li', {},
    el(
      'p', {},
      stepsButton(timeout.record, `timeout ${timeout.state}`, tones[timeout.state], nameOf(timeout)),
      ' ',
      el('span', { class: 'faint' }, isArmed ? 'due ' : 'changed ', time(isArmed ? timeout.dueAt : timeout.changedAt))),
    el('p', { class: 'said', title: details }, details),
    isArmed && !timeout.caller ? el('p', { class: 'actions' }, disarm(timeout)) : null);
}

// The page is an unnamed caller.
const disarm = ({ order: name }) =>
  action('Disarm', `the timeout of ${name}`, () => requests.disarmTimeout(name));

function outcomeRow(outcome) {
  const label = [outcome.outcome, outcome.reasonCode].filter(Boolean).join(' / ');
  const details = [
    `by ${outcome.trigger}`,
    outcome.caller && `caller ${outcome.caller}`,
    outcome.reason && `“${outcome.reason}”`,
    outcome.detail,
  ].filter(Boolean).join(' · ');
  return el(
    'li', {},
    el(
      'p', {},
      stepsButton(outcome.record, label, toneOf(outcome.outcome), outcome.requestId, outcome), ' ',
      el('span', { class: 'faint' }, time(outcome.completedAt))),
    el('p', { class: 'said', title: details }, details));
}

const stepsButton = (record, label, tone, name, outcome) => el(
  'button', {
    type: 'button',
    class: 'link',
    'aria-label': `${label}: show the request of ${name}`,
    onclick: () => openSteps({ record, outcome }),
  },
  el('span', { class: `tone ${tone ?? ''}` }, label));

const callRow = (call) => el(
  'li', {},
  el(
    'p', {},
    call.operation, ' ', el('span', { class: `tone ${toneOfCall(call)}` }, answerOf(call)), ' ',
    el('span', { class: 'faint' }, time(call.receivedAt))));
