// Creates and updates elements. External content is only inserted as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** Creates an element; children are nodes or texts, and null ones are ignored. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      node.addEventListener(key.slice(2), value);
    } else if (value === true) {
      node.setAttribute(key, '');
    } else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(key, value);
    }
  }

  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

/** The same for SVG. */
export function svg(name, attributes = {}, text = null) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, value);
  }

  node.textContent = text;
  return node;
}

/** Sets a text if it has changed. */
export function setText(node, text) {
  if (node.textContent !== String(text)) {
    node.textContent = text;
  }
}

const shown = new WeakMap();

/**
 * Shows items in a list. Unchanged children stay, and with them the focus; only changed ones are created again. The
 * list never has more children than items.
 */
export function show(list, items, keyOf, make) {
  const before = shown.get(list) ?? new Map();
  const after = new Map(items.map((item) => [keyOf(item), { state: JSON.stringify(item), item }]));
  const lostFocus = list.contains(document.activeElement) ? placeOf(document.activeElement, before) : null;
  for (const [key, row] of before) {
    if (after.get(key)?.state !== row.state) {
      row.node.remove();
    }
  }

  let next = list.firstElementChild;
  for (const [key, row] of after) {
    const old = before.get(key);
    row.node = old?.state === row.state ? old.node : make(row.item);
    if (row.node === next) {
      next = next.nextElementSibling;
    } else {
      list.insertBefore(row.node, next);
    }
  }

  shown.set(list, after);
  if (lostFocus && !list.contains(document.activeElement)) {
    refocus(list, lostFocus, after);
  }
}

/** The row of the focus, and the index of the focused button in it. */
function placeOf(focused, rows) {
  const [key, row] = [...rows].find(([, { node }]) => node.contains(focused)) ?? [];
  return row ? { key, index: [...row.node.querySelectorAll('button')].indexOf(focused) } : null;
}

/** Keeps the keyboard focus in the same row, or in the same list if the row has gone. */
function refocus(list, { key, index }, rows) {
  const buttons = (rows.get(key)?.node ?? list).querySelectorAll('button');
  const next = buttons[index] ?? buttons[0] ?? list.closest('section')?.querySelector('button, [tabindex], input');
  next?.focus({ preventScroll: true });
}
