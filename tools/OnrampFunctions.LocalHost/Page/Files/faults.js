// The injected faults.
import { byId, el, setText, show } from './dom.js';
import { state } from './live.js';
import { action, requests, send } from './requests.js';

const STATES = ['ok', 'refuse', 'hang'];

export function setUpFaults() {
  byId('fault-actions').append(
    action('Switch on', '', () => {
      const rate = Number(byId('fault-rate').value);
      return rate > 0 && rate <= 1
        ? requests.changeFaults({ rates: { [byId('fault-kind').value]: rate } })
        : 'The probability must be above 0 and at most 1.';
    }),
    action('All off', '', requests.switchFaultsOff));
  byId('fault-form').addEventListener('submit', (event) => event.preventDefault());
  for (const part of ['queue', 'topic']) {
    const choice = el(
      'select', { id: `${part}-state`, onchange: () => send(requests.changeFaults({ [part]: choice.value })) },
      ...STATES.map((name) => el('option', { value: name }, name)));
    byId('broker-states').append(el('label', {}, `The ${part}`, choice));
  }
}

/** Fills the list of kinds. */
export function drawKinds() {
  byId('fault-kind').replaceChildren(...Object.entries(state.hello.faults).map(([place, kinds]) =>
    el('optgroup', { label: place }, ...kinds.map((kind) => el('option', { value: kind, selected: kind === 'http503' }, kind)))));
}

export function drawFaults() {
  const { rates, injected, queue, topic } = state.faults;
  show(byId('faults'), Object.entries(rates), ([kind]) => kind, ([kind, rate]) => el(
    'li', { class: 'row' },
    el('span', { class: 'tone failed' }, kind),
    el('span', { class: 'faint' }, rateOf(rate)),
    action('Off', kind, () => requests.changeFaults({ rates: { [kind]: 0 } }))));
  for (const [part, name] of [['queue', queue], ['topic', topic]]) {
    if (name && byId(`${part}-state`).value !== name) {
      byId(`${part}-state`).value = name;
    }
  }

  const counts = Object.entries(injected ?? {}).map(([kind, count]) => `${kind} ${count}`);
  setText(byId('injected'), counts.length > 0
    ? `Injected since the start: ${counts.join(', ')}.`
    : 'No faults so far. Switch one on, cancel an order by message, and watch the retries.');
}

/** The probability of a fault as text. */
export const rateOf = (rate) => (rate === 1 ? 'always' : `${+(rate * 100).toFixed(2)} %`);
