// The simulated orders.
import { byId, el, setText, show } from './dom.js';
import { countOf, mentions } from './filter.js';
import { use } from './form.js';
import { state } from './live.js';
import { action, requests } from './requests.js';
import { time } from './time.js';

const tones = { '-3': 'cancelled', '-1': 'failed', 0: 'waiting', 1: 'paid', 2: 'completed' };

export function drawOrders() {
  const { total, orders } = state.orders;
  const rows = orders.filter(({ orderId, hash }) => mentions(orderId, hash));
  show(byId('orders'), rows, (order) => order.orderId, row);
  setText(byId('orders-count'), countOf(rows.length, orders.length, total));
  byId('orders-empty').hidden = total > 0;
}

const useButton = ({ orderId, hash }) => el(
  'button', {
    type: 'button',
    class: 'link mono',
    title: hash ? `hash ${hash}` : 'Put it into the form',
    'aria-label': `Use order ${orderId}`,
    onclick: () => use(orderId),
  },
  orderId);

/** The state of an order and, while it waits, the end of its time to pay. */
export const orderState = (order) => el(
  'span', {},
  el('span', { class: `tone ${tones[order.status]}` }, order.state.replace(' for payment', '')),
  order.status === 0 ? el('span', { class: 'faint end' }, 'ends ', time(order.endTime)) : null);

function row(order) {
  const waits = order.status === 0;
  return el(
    'tr', {},
    el('th', { scope: 'row' }, useButton(order)),
    el('td', {}, orderState(order)),
    el(
      'td', { class: 'faint calls' },
      el('span', {}, `${order.cancelCalls} cancel`), ' ', el('span', {}, `${order.getCalls} get`)),
    el('td', { class: 'right' },
      waits ? action('Paid', `order ${order.orderId}`, () => requests.changeOrder(order, { status: 1 })) : null,
      waits ? action('Cancel', `order ${order.orderId}`, () => requests.cancel({ orderId: order.orderId })) : null));
}
