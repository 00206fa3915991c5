// The requests of the page, which any client can make. Each is sent or copied as a curl command.
import { byId, el, setText } from './dom.js';
import { state } from './live.js';
import { openSteps } from './steps.js';

const json = (method, path, body, headers = {}) =>
  ({ method, path, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json', ...headers } });

const LOCATION = /^\/api\/requests\/([0-9a-f]{64})$/;

/** The id or hash of an order in a body. */
const named = ({ orderId, hash }) => (hash ? { hash } : { orderId });

const cancelBody = (order) => ({
  ...named(order),
  ...(order.reason && { reason: order.reason }),
  ...(order.onlyIfUnpaid && { onlyIfUnpaid: true }),
});

/** The path of a timeout: its order is an id, or `hash:` and the hash. */
const timeoutPath = (order) => `/api/orders/${encodeURIComponent(order)}/timeout`;

const simulatedPath = (orderId) => `/simulator/orders/${encodeURIComponent(orderId)}`;

export const requests = {
  createOrder: ({ orderId, hash }) => json('PUT', simulatedPath(orderId), { status: 0, ...(hash && { hash }) }),
  changeOrder: ({ orderId }, change) => json('PATCH', simulatedPath(orderId), change),
  cancel: (order) => json('POST', '/api/orders/cancel', cancelBody(order)),
  cancelLater: (order) => json('POST', '/api/orders/cancel', cancelBody(order), { Prefer: 'respond-async' }),
  sendMessage: (order) => json('POST', `/${state.hello.queue}/messages`, cancelBody(order)),
  deliverEvent: (order) => json(
    'POST', '/api/orders/cancel',
    {
      specversion: '1.0',
      id: crypto.randomUUID(),
      source: '/local-host/page',
      type: 'order.cancel',
      data: cancelBody(order),
    },
    { 'Content-Type': 'application/cloudevents+json' }),
  armTimeout: (order) => json(
    'PUT', timeoutPath(order.hash ? `hash:${order.hash}` : order.orderId),
    {
      ...(order.reason && { reason: order.reason }),
      ...(order.whenExpired ? { whenExpired: true } : { after: order.after }),
    }),
  disarmTimeout: (order) => ({ method: 'DELETE', path: timeoutPath(order) }),
  replay: (number) => ({ method: 'POST', path: `/simulator/dead-letters/${number}/replay` }),
  remove: (number) => ({ method: 'DELETE', path: `/simulator/dead-letters/${number}` }),
  changeFaults: (change) => json('PATCH', '/simulator/faults', change),
  switchFaultsOff: () => json('PUT', '/simulator/faults', {}),
};

/** The request as a curl command. */
export function curl({ method, path, body, headers = {} }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    'curl -i',
    method === 'POST' && body ? '' : `-X ${method}`,
    quote(location.origin + path),
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    body ? `-d ${quote(body)}` : '',
  ].filter((part) => part !== '').join(' ');
}

/** A button that sends a request, and one that copies it. The request may also be a message about missing input. */
export function action(label, about, request, { strong = false } = {}) {
  const perform = (what) => () => {
    const made = request();
    return typeof made === 'string' ? showAnswer(made, '', true) : what(made);
  };
  const copyLabel = `Copy as curl: ${label} ${about}`.trim();
  return el(
    'span', { class: 'split' },
    el(
      'button', {
        type: 'button',
        class: strong ? 'strong' : null,
        'aria-label': about ? `${label} ${about}` : null,
        onclick: perform(send),
      },
      label),
    el(
      'button', {
        type: 'button',
        class: 'curl',
        'aria-label': copyLabel,
        title: 'Copy as a curl command',
        onclick: perform(copy),
      },
      'curl'));
}

let lastChange = Promise.resolve();

/**
 * Sends a request and shows the answer. Changes of orders and faults at the provider wait for each other, so that they
 * take effect in the order in which they were made.
 */
export function send(request) {
  if (!['PUT', 'PATCH'].includes(request.method) || !request.path.startsWith('/simulator/')) {
    return sendNow(request);
  }

  lastChange = lastChange.then(() => sendNow(request));
  return lastChange;
}

async function sendNow({ method, path, body, headers }) {
  try {
    const response = await fetch(path, { method, body, headers });
    const text = await response.text();
    showAnswer(`${method} ${path} → ${response.status}${summary(text)}`, pretty(text), !response.ok);
    follow(LOCATION.exec(response.headers.get('Location'))?.[1]);
  } catch {
    showAnswer(`${method} ${path}: no answer. Is the host still running?`, '', true);
  }
}

async function copy(request) {
  const command = curl(request);
  try {
    await navigator.clipboard.writeText(command);
    showAnswer('Copied. Paste it into a shell:', command);
  } catch {
    showAnswer('The browser does not allow copying. The command:', command);
  }
}

function showAnswer(line, text = '', isBad = false) {
  const bar = byId('answer');
  bar.hidden = false;
  bar.classList.toggle('bad', isBad);
  setText(byId('answer-line'), line);
  setText(byId('answer-text'), text);
  byId('answer-text').hidden = text === '';
  follow(null);
}

/** Offers the steps of the request that an answer refers to. */
function follow(record) {
  byId('answer-follow').hidden = !record;
  byId('answer-follow').onclick = () => openSteps({ record });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function summary(text) {
  const answer = parse(text);
  const said = answer?.outcome ?? answer?.state ?? answer?.detail ?? answer?.dueAt;
  return typeof said === 'string' ? ` · ${said}` : '';
}

const pretty = (text) => {
  const answer = parse(text);
  return answer === null ? text : JSON.stringify(answer, null, 1).replace(/\n\s*/g, ' ');
};
