// Times are those of the host, shown relative, with the exact time on hover.
import { el, setText } from './dom.js';

let offset = 0;

/** Sets the time of the host. */
export function setHostTime(now) {
  offset = Date.parse(now) - Date.now();
}

export const hostNow = () => Date.now() + offset;

/** An element with a time, which is kept up to date. */
export function time(instant) {
  const date = new Date(instant);
  return el('time', { datetime: date.toISOString(), title: exact(date) }, relative(date.getTime()));
}

/** A time of the day to the millisecond. */
export const clock = (instant) => {
  const date = new Date(instant);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0'));
  return `${parts.join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

/** A duration in milliseconds as text. */
export function span(milliseconds) {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }

  const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']].find(([length]) => seconds >= length);
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / size)} ${unit}`;
}

/** Updates all times on the page; called once a second. */
export function keepTimesTrue() {
  for (const node of document.querySelectorAll('time')) {
    setText(node, relative(Date.parse(node.dateTime)));
  }
}

const exact = (date) => `${date.toLocaleString()} (${date.toISOString()})`;

function relative(milliseconds) {
  const past = hostNow() - milliseconds;
  if (Math.abs(past) < 1000) {
    return 'now';
  }

  return past > 0 ? `${coarse(past)} ago` : `in ${coarse(past)}`;
}

const coarse = (milliseconds) =>
  Math.abs(milliseconds) < 10000 ? `${Math.floor(Math.abs(milliseconds) / 1000)} s` : span(milliseconds);
