// Times are the host's, relative, with the exact one on hover.
import { el, setText } from './dom.js';

let offset = 0;

/** Says what time it is at the host. */
export function setHostTime(now) {
  offset = Date.parse(now) - Date.now();
}

export const hostNow = () => Date.now() + offset;

/** An element that tells a time, and is kept true. */
export function time(instant) {
  const date = new Date(instant);
  return el('time', { datetime: date.toISOString(), title: exact(date) }, relative(date.getTime()));
}

/** A time of the day to the millisecond. */
export const clock = (instant) => {
  const date = new Date(instant);
  return `${[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

/** A span of milliseconds in words. */
export function span(milliseconds) {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }

  const [size, unit] = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']].find(([length]) => seconds >= length);
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / size)} ${unit}`;
}

/** Keeps all times on the page true; once a second. */
export function keepTimesTrue() {
  for (const node of document.querySelectorAll('time')) {
    setText(node, relative(Date.parse(node.dateTime)));
  }
}

const exact = (date) => `${date.toLocaleString()} (${date.toISOString()})`;

function relative(milliseconds) {
  const past = hostNow() - milliseconds;
  return Math.abs(past) < 1000 ? 'now' : past > 0 ? `${coarse(past)} ago` : `in ${coarse(past)}`;
}

const coarse = (milliseconds) => Math.abs(milliseconds) < 10000 ? `${Math.floor(Math.abs(milliseconds) / 1000)} s` : span(milliseconds);
