// Connects the parts of the page: each draws its part of the state.
import { drawCalls } from './calls.js';
import { byId, setText } from './dom.js';
import { drawFaults, drawKinds, setUpFaults } from './faults.js';
import { drawFilter, setUpFilter } from './filter.js';
import { setUpForm } from './form.js';
import { listen, state } from './live.js';
import { drawMetrics } from './metrics.js';
import { drawOrders } from './orders.js';
import { drawOutcomes, drawTimeline, setUpTimeline } from './outcomes.js';
import { drawQueue, drawRetrying } from './queue.js';
import { refreshSearch, setUpSearch } from './search.js';
import { refreshSteps, setUpSteps } from './steps.js';
import { drawStrip } from './strip.js';
import { keepTimesTrue } from './time.js';

const parts = {
  orders: drawOrders,
  queue: drawQueue,
  retrying: drawRetrying,
  outcomes: drawOutcomes,
  tally: drawTimeline,
  calls: drawCalls,
  faults: drawFaults,
  metrics: drawMetrics,
};

function draw(changed) {
  if (changed.has('hello')) {
    drawKinds();
    drawFilter();
    const { provider } = state.hello;
    byId('real').hidden = !provider;
    setText(
      byId('real'),
      provider ? `The provider is ${provider}: orders there are real and are not listed here.` : '');
  }

  for (const [name, drawPart] of Object.entries(parts)) {
    if (changed.has(name) || changed.has('hello')) {
      drawPart();
    }
  }

  drawStrip();
}

/** On a phone the forms are folded, so that the state comes first. */
function foldForms() {
  const phone = matchMedia('(max-width: 700px)');
  const fold = () => {
    for (const form of document.querySelectorAll('details.fold')) {
      form.open = !phone.matches;
    }
  };
  phone.addEventListener('change', fold);
  fold();
}

function connected(isConnected) {
  const sign = byId('connection');
  sign.dataset.state = isConnected ? 'live' : 'lost';
  setText(sign, isConnected ? 'updates: live' : 'updates: no connection. Is the host still running?');
}

foldForms();
setUpForm();
setUpFilter(() => [drawOrders, drawQueue, drawOutcomes, drawCalls].forEach((drawPart) => drawPart()));
setUpTimeline();
setUpFaults();
setUpSteps();
setUpSearch();
byId('answer-close').addEventListener('click', () => { byId('answer').hidden = true; });
listen(draw, connected);
setInterval(() => {
  keepTimesTrue();
  refreshSearch();
  refreshSteps();
  if (state.hello) {
    drawTimeline();
  }
}, 1000);
