// The live page: keeps the newest moment of the run and writes it into the elements that the server has made.
import { trends } from './trends.mjs';
import { hands } from './hands.mjs';

const body = document.body, units = body.dataset.units;
const one = id => document.getElementById(id);
const points = JSON.parse(one('points').textContent); // number: [name, unit, digits]
const places = attribute => {
  const found = new Map();
  for (const element of document.querySelectorAll(`[data-${attribute}]`)) {
    const key = element.dataset[attribute];
    found.set(key, [...found.get(key) ?? [], element]);
  }
  return found;
};
const at = Object.fromEntries(['v', 's', 'o', 'x', 'z', 'c', 'k', 'h', 'p'].map(name => [name, places(name)]));
const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };
const each = (places, tell) => places.forEach((elements, key) => elements.forEach(element => tell(element, key)));
export const shown = (value, digits) =>
  value === null || value === undefined ? '–' : digits === 'b' ? (value >= 0.5 ? 'on' : 'off') : value.toFixed(digits);

const ask = async path => newest?.over ? null : fetch(`${path}&units=${units}`).then(got => got.ok ? got.json() : null).catch(() => null);
let newest = null, asked = false, drawn = -1, source = null, open = null;
listen();

function draw() {
  asked = false;
  const moment = newest;
  if (!moment || moment.n === drawn) return;
  if (String(moment.board) !== body.dataset.board) { location.reload(); return; }
  drawn = moment.n;
  each(at.v, (element, key) => write(element, shown(moment.v[key], element.dataset.d)));
  each(at.s, (element, key) => write(element, moment.s[key] ?? ''));
  each(at.p, (element, key) => { element.dataset.state = moment.s[key] ?? ''; });
  each(at.o, (element, key) => write(element, moment.o[key] === undefined ? ''
    : `own control ${shown(moment.o[key], element.dataset.d)} ${element.dataset.u}`));
  each(at.x, (element, key) => element.style.setProperty('--x', (moment.v[key] ?? 0) / 100));
  each(at.z, (element, key) => write(element, moment.z[key] ?? ''));
  each(at.c, (element, key) => write(element, moment.c[key] ?? 'connecting'));
  each(at.k, (element, key) => write(element, moment.k[key] ?? '–'));
  each(at.h, (element, key) => write(element, moment.head[key]));
  write(one('clock'), moment.clock);
  write(one('phase'), moment.held ? 'paused' : moment.phase);
  one('phase').dataset.phase = moment.over ? 'ended' : moment.held ? 'paused' : 'on';
  write(one('paused'), moment.paused);
  for (const [number, when, kind, words] of moment.e) {
    if (document.querySelector(`[data-e="${number}"]`)) continue;
    const row = document.createElement('li'), time = document.createElement('time'), what = document.createElement('b');
    row.dataset.e = number;
    time.textContent = when;
    what.textContent = kind;
    row.append(time, ' ', what, ' ', words);
    one('events').prepend(row);
    if (one('events').children.length > 200) one('events').lastElementChild.remove();
  }
  if (open !== null) showPoint(moment);
  steer.stands(moment);
  plot.add(moment);
  body.dataset.first ??= Math.round(performance.now());
  body.dataset.drawn = moment.n;
  body.dataset.late = String(Math.round(Date.now() - 1000 * moment.wall));
}

function listen() {
  source?.close();
  source = new EventSource(`/stream?units=${units}`);
  source.onmessage = message => {
    newest = JSON.parse(message.data);
    if (newest.over) { source.close(); source = null; }
    if (!asked) { asked = true; requestAnimationFrame(draw); }
  };
  source.onopen = () => { body.dataset.line = 'open'; };
  source.onerror = () => { body.dataset.line = 'lost'; write(one('paused'), 'no connection: the last values stay'); if (!newest) plot.again(); };
}
// A page that nobody sees gets nothing; when it comes back it begins with the newest.
document.addEventListener('visibilitychange', () => {
  if (newest?.over) return;
  if (document.hidden) { source?.close(); source = null; } else { listen(); plot.again(); }
});

function showPoint(moment) {
  const [, sign, digits] = points[open];
  write(one('point-value'), `${shown(moment.v[open], digits)} ${sign} ${moment.s[open] ?? ''}`);
}

async function openPoint(number) {
  const told = await ask(`/api/point?number=${number}`) ?? { name: points[number][0], words: '', facts: { 'more': 'no answer' } };
  open = number;
  one('point-name').textContent = told.name;
  one('point-words').textContent = told.words;
  one('point-facts').replaceChildren(...Object.entries(told.facts).flatMap(([what, words]) => {
    const term = document.createElement('dt'), fact = document.createElement('dd');
    term.textContent = what;
    fact.textContent = words;
    return [term, fact];
  }));
  one('point').dataset.name = told.name;
  steer.shows(told);
  if (newest) showPoint(newest);
  one('point').showModal();
}

document.addEventListener('click', event => {
  const place = event.target.closest('[data-p]');
  if (place) openPoint(place.dataset.p);
});
document.addEventListener('keydown', event => {
  if ((event.key === 'Enter' || event.key === ' ') && event.target.matches('g[data-p]')) {
    event.preventDefault();
    openPoint(event.target.dataset.p);
  }
});
one('point').addEventListener('close', () => { open = null; });
one('point-trend').onclick = () => { plot.toggle(open); one('point').close(); };
one('point-response').onclick = () => { plot.response(open); one('point').close(); };
const theme = name => { document.documentElement.dataset.theme = name; localStorage.setItem('theme', name); plot.again(); };
one('theme').onclick = () => theme(getComputedStyle(body).colorScheme === 'dark' ? 'light' : 'dark');
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? '';

const plot = trends(points, shown, ask);
const steer = hands(units);
