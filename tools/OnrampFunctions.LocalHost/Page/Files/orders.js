// The simulated orders.
import { byId, el, setText, show } from './dom.js';
import { use } from './form.js';
import { state } from './live.js';
import { action, requests } from './requests.js';

const tones = { '-3': 'cancelled', '-1': 'failed', 0: 'waiting', 1: 'paid', 2: 'completed' };

export function drawOrders() {
  const { total, orders } = state.orders;
  show(byId('orders'), orders, (order) => order.orderId, row);
  setText(byId('orders-count'), total > orders.length ? `the newest ${orders.length} of ${total}` : total);
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

function row(order) {
  const waits = order.status === 0;
  return el(
    'tr', {},
    el('th', { scope: 'row' }, useButton(order)),
    el('td', {}, el('span', { class: `tone ${tones[order.status]}` }, order.state.replace(' for payment', ''))),
    el(
      'td', { class: 'mono faint', title: `${order.cancelCalls} cancelOrder, ${order.getCalls} getOrder` },
      `${order.cancelCalls} + ${order.getCalls}`),
    el('td', { class: 'right' },
      waits ? action('Paid', `order ${order.orderId}`, () => requests.putOrder(order, 1)) : null,
      waits ? action('Cancel', `order ${order.orderId}`, () => requests.cancel({ orderId: order.orderId })) : null));
}
