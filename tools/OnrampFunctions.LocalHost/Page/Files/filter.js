// The filter of the lists, by order or request and by outcome.
import { byId, el } from './dom.js';
import { state } from './live.js';

const text = () => byId('filter-text').value.trim();

const outcome = () => byId('filter-outcome').value;

/** Whether any of the texts contains what the filter asks for. */
export const mentions = (...texts) => texts.some((found) => found?.includes(text())) || text() === '';

export const hasOutcome = (kind) => outcome() === '' || outcome() === kind;

/** How many rows a list shows: of the newest of all, or that match the filter. */
export function countOf(shown, known, total, order = 'newest') {
  if (shown < known && (text() !== '' || outcome() !== '')) {
    return `${shown} of the ${order} ${known} match the filter`;
  }

  return total > shown ? `the ${order} ${shown} of ${total}` : total || '';
}

export function setUpFilter(draw) {
  byId('filter').addEventListener('submit', (event) => event.preventDefault());
  byId('filter').addEventListener('input', draw);
}

/** Fills the list of outcomes. */
export function drawFilter() {
  const chosen = outcome();
  byId('filter-outcome').replaceChildren(
    el('option', { value: '' }, 'all'),
    ...state.hello.kinds.map((kind) => el('option', { value: kind, selected: kind === chosen }, kind)));
}
