// The form: one order and its actions.
import { byId } from './dom.js';
import { action, requests } from './requests.js';

const field = (id) => byId(id).value.trim();

const order = () => ({
  orderId: field('order'),
  hash: field('hash'),
  reason: field('reason'),
  after: field('after'),
  whenExpired: byId('when-expired').checked,
  onlyIfUnpaid: byId('only-if-unpaid').checked,
});

/** Creates a request about the order of the form; returns a message when the order is missing. */
const about = (make) => () =>
  field('order') || field('hash')
    ? make(order())
    : missing('Which order? Enter its id, or choose one from the list.');
const withId = (make) => () =>
  field('order') ? make(order()) : missing('An order at the provider has an id of 1 to 19 digits.');

function missing(sentence) {
  byId('order').focus();
  return sentence;
}

/** Puts an order into the form. */
export function use(orderId) {
  byId('order').value = orderId;
  byId('hash').value = '';
  byId('order').focus();
}

export function setUpForm() {
  byId('order-actions').append(
    action('Create', 'the order', withId(requests.createOrder)),
    action('Mark paid', '', withId((made) => requests.changeOrder(made, { status: 1 }))));
  byId('end-actions').append(
    action('Move its end', '', withId((made) => requests.changeOrder(made, { endsIn: field('ends-in') }))));
  byId('cancel-actions').append(
    action('By HTTP', '', about(requests.cancel), { strong: true }),
    action('Without waiting', '', about(requests.cancelLater)),
    action('By message', '', about(requests.sendMessage)),
    action('As a webhook', '', about(requests.deliverEvent)));
  byId('timeout-actions').append(action('Arm a timeout', '', about(requests.armTimeout)));
  byId('try').addEventListener('submit', (event) => event.preventDefault());
  byId('order').value = '1443';
}
