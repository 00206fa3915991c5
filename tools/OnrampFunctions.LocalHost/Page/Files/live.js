// The state that the host sends. The page only keeps a bounded number of items.
import { setHostTime } from './time.js';

const MAX_OUTCOMES = 200;

/** The current state. The first event of a restarted host resets it. */
export const state = {};

function reset() {
  Object.assign(state, {
    hello: null,
    orders: { total: 0, orders: [] },
    queue: { waiting: 0, locked: 0, scheduled: 0, deadLettered: 0, entries: [], deadLetters: [] },
    retrying: { count: 0, isMore: false, since: null, nextTryAt: null, causes: {} },
    outcomes: { total: 0, outcomes: [] },
    tally: { totals: [], seconds: [] },
    calls: { total: 0, calls: [] },
    faults: { rates: {}, injected: {} },
    vault: { state: 'ok' },
    metrics: { since: null, instruments: [] },
  });
}

const handlers = {
  hello(hello) {
    reset();
    state.hello = hello;
    setHostTime(hello.now);
  },
  pulse: (pulse) => setHostTime(pulse.now),
  orders: (orders) => { state.orders = orders; },
  queue: (queue) => { state.queue = queue; },
  retrying: (retrying) => { state.retrying = retrying; },
  outcomes({ total, outcomes }) {
    state.outcomes = { total, outcomes: [...outcomes.reverse(), ...state.outcomes.outcomes].slice(0, MAX_OUTCOMES) };
  },
  tally: (tally) => { state.tally = tally; },
  calls: (calls) => { state.calls = calls; },
  faults: (faults) => { state.faults = faults; },
  vault: (vault) => { state.vault = vault; },
  metrics: (metrics) => { state.metrics = metrics; },
};

/** Listens to the host while the page is open, and calls draw with the changed parts at most once per frame. */
export function listen(draw, connected) {
  reset();
  const changed = new Set();
  const source = new EventSource('/simulator/live');
  for (const [name, take] of Object.entries(handlers)) {
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
