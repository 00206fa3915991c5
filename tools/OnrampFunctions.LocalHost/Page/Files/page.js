// Puts the page together: what the host tells is drawn by the part that shows it.
import { drawCalls } from './calls.js';
import { byId, setText } from './dom.js';
import { drawFaults, drawKinds, setUpFaults } from './faults.js';
import { setUpForm } from './form.js';
import { listen, state } from './live.js';
import { drawMetrics } from './metrics.js';
import { drawOrders } from './orders.js';
import { drawOutcomes, drawTimeline } from './outcomes.js';
import { drawQueue } from './queue.js';
import { keepTimesTrue } from './time.js';
import { setUpWay } from './way.js';

const parts = {
  orders: drawOrders, queue: drawQueue, outcomes: drawOutcomes, tally: drawTimeline, calls: drawCalls, faults: drawFaults, metrics: drawMetrics,
};

function draw(changed) {
  if (changed.has('hello')) {
    drawKinds();
    byId('real').hidden = !state.hello.provider;
    setText(byId('real'), state.hello.provider ? `The provider is ${state.hello.provider}: orders there are real, and none of them is listed here.` : '');
  }

  for (const [name, drawPart] of Object.entries(parts)) {
    if (changed.has(name) || changed.has('hello')) {
      drawPart();
    }
  }
}

function connected(isConnected) {
  const sign = byId('connection');
  sign.dataset.state = isConnected ? 'live' : 'lost';
  setText(sign, isConnected ? 'live' : 'no connection: is the host still running?');
}

setUpForm();
setUpFaults();
setUpWay();
byId('answer-close').addEventListener('click', () => { byId('answer').hidden = true; });
listen(draw, connected);
setInterval(() => {
  keepTimesTrue();
  if (state.hello) {
    drawTimeline();
  }
}, 1000);
