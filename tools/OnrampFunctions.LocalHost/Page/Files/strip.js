// What matters most, in one line: the provider, the circuit, the queue, the dead letters and the active faults.
import { byId, setText } from './dom.js';
import { rateOf } from './faults.js';
import { state } from './live.js';

const CIRCUITS = ['closed', 'probing', 'open'];
const TONES = { closed: 'cancelled', probing: 'scheduled', open: 'failed' };

export function drawStrip() {
  const { hello, queue, metrics } = state;
  const { provider } = hello ?? {};
  set('strip-provider', provider ? `${provider} (real)` : 'simulated', provider ? 'not_cancellable' : 'cancelled');
  const value = metrics.instruments.find(({ name }) => name === 'onramp.circuit.state')?.values[0]?.sum ?? 0;
  const circuit = CIRCUITS[value];
  set('strip-circuit', circuit, TONES[circuit]);
  const waiting = queue.waiting + queue.locked;
  set(
    'strip-queue',
    `${waiting.toLocaleString('en')} waiting, ${queue.scheduled.toLocaleString('en')} scheduled`,
    waiting > 0 ? 'waiting' : 'cancelled');
  set('strip-dead-letters', queue.deadLettered.toLocaleString('en'), queue.deadLettered > 0 ? 'failed' : 'cancelled');
  const faults = activeFaults();
  set('strip-faults', faults.join(', ') || 'none', faults.length > 0 ? 'failed' : 'cancelled');
}

function activeFaults() {
  const { rates, queue, topic } = state.faults;
  const states = { queue, topic, vault: state.vault.state };
  return [
    ...Object.entries(rates).map(([kind, rate]) => `${kind} ${rateOf(rate)}`),
    ...Object.entries(states).filter(([, name]) => name && name !== 'ok').map(([part, name]) => `${part} ${name}`),
  ];
}

function set(id, text, tone) {
  setText(byId(id), text);
  byId(id).className = `tone ${tone}`;
}
