// Building and updating elements. Whatever comes from outside goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** Makes an element; children are nodes or texts, null ones are left out. */
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

/** Sets a text, if it is another one. */
export function setText(node, text) {
  if (node.textContent !== String(text)) {
    node.textContent = text;
  }
}

/**
 * Makes a list show items: what is there stays, and with it the focus; only what changed is made anew. The list has never more children than items.
 */
export function show(list, items, keyOf, make) {
  const rows = list.rows ??= new Map();
  const kept = new Map();
  let next = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const state = JSON.stringify(item);
    let row = rows.get(key);
    if (row?.state !== state) {
      const node = make(item);
      if (row?.node.contains(document.activeElement)) {
        refocus(row.node, node, list);
      }

      if (row) {
        next = next === row.node ? node : next;
        row.node.replaceWith(node);
      }

      row = { node, state };
    }

    if (row.node === next) {
      next = next.nextElementSibling;
    } else {
      list.insertBefore(row.node, next);
    }

    kept.set(key, row);
  }

  const lost = [...rows].filter(([key]) => !kept.has(key));
  if (lost.some(([, row]) => row.node.contains(document.activeElement))) {
    // Whoever pressed "Remove" by keyboard goes on in the same list, and not at the top of the page.
    const neighbour = [...kept.values()].map((row) => row.node.querySelector('button')).find((button) => button !== null);
    (neighbour ?? list.closest('section')?.querySelector('button, [tabindex], input'))?.focus({ preventScroll: true });
  }

  lost.forEach(([, row]) => row.node.remove());
  list.rows = kept;
}

/** Moves the focus to the same place of a row that is made anew, once that is there. */
function refocus(before, after, list) {
  const index = [...before.querySelectorAll('button')].indexOf(document.activeElement);
  queueMicrotask(() => {
    const buttons = after.querySelectorAll('button');
    (buttons[index] ?? buttons[0] ?? list.closest('[tabindex]'))?.focus({ preventScroll: true });
  });
}
