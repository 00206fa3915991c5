// What the host tells, and what the page remembers of it: always a bounded number of everything.
import { setHostTime } from './time.js';

const MAX_OUTCOMES = 100;
const MAX_CALLS = 300;

/** What is known. Everything of a host that was started anew is forgotten with its first word. */
export const state = {};

function forget() {
  Object.assign(state, {
    hello: null,
    orders: { total: 0, orders: [] },
    queue: { waiting: 0, locked: 0, scheduled: 0, deadLettered: 0, entries: [], deadLetters: [] },
    outcomes: { total: 0, outcomes: [] },
    tally: { totals: [], seconds: [] },
    calls: { total: 0, calls: [] },
    knownCalls: new Map(),
    faults: { rates: {}, injected: {} },
    metrics: { since: null, instruments: [] },
  });
}

const hear = {
  hello(hello) {
    forget();
    state.hello = hello;
    setHostTime(hello.now);
  },
  pulse: (pulse) => setHostTime(pulse.now),
  orders: (orders) => { state.orders = orders; },
  queue: (queue) => { state.queue = queue; },
  outcomes({ total, outcomes }) {
    state.outcomes = { total, outcomes: [...outcomes.reverse(), ...state.outcomes.outcomes].slice(0, MAX_OUTCOMES) };
  },
  tally: (tally) => { state.tally = tally; },
  calls(calls) {
    state.calls = calls;
    for (const call of calls.calls.toReversed()) {
      state.knownCalls.set(call.number, call);
    }

    for (const number of [...state.knownCalls.keys()].slice(0, Math.max(0, state.knownCalls.size - MAX_CALLS))) {
      state.knownCalls.delete(number);
    }
  },
  faults: (faults) => { state.faults = faults; },
  metrics: (metrics) => { state.metrics = metrics; },
};

/** Listens to the host, for as long as the page is open, and says what there is to be drawn: once a frame, however much was told. */
export function listen(draw, connected) {
  forget();
  const changed = new Set();
  const source = new EventSource('/simulator/live');
  for (const [name, take] of Object.entries(hear)) {
    source.addEventListener(name, (event) => {
      take(JSON.parse(event.data));
      if (changed.size === 0) {
        requestAnimationFrame(() => {
          const names = new Set(changed);
          changed.clear();
          draw(names);
        });
      }

      changed.add(name);
    });
  }

  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
}
