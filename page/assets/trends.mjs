// Trends: the past from the server, and what comes after it from the stream. Live values do not wait for what draws it.
const MOST = 8, one = id => document.getElementById(id);
const plotting = () => plotting.begun ??= new Promise(ready => {
  document.head.append(Object.assign(document.createElement('script'), { src: '/assets/uplot.js', onload: ready }));
});

export function trends(points, shown, ask) {
  let chosen = [], columns = [], data = null, chart = null, zoom = null, waiting = 0, drawnAt = 0, episode = null;
  const place = one('plot'), probe = document.createElement('i');
  place.after(probe);
  const colour = name => { probe.style.color = `var(${name})`; return getComputedStyle(probe).color; };
  const sets = [...document.querySelectorAll('[data-set]')];
  const analog = number => points[number][2] !== 'b';
  const choose = numbers => {
    chosen = numbers.slice(0, MOST);
    zoom = null;
    for (const set of sets) set.setAttribute('aria-pressed', String(set.dataset.set === chosen.join(',')));
    again();
  };

  async function again() {
    const mine = ++waiting, range = zoom ? `&since=${zoom[0]}&until=${zoom[1]}` : '';
    const past = await ask(`/api/history?numbers=${chosen.join(',')}${range}`);
    if (past) await plotting();
    if (mine !== waiting || !(past || data)) return;
    if (past) [columns, data] = [chosen, [past.t, ...past.series]];
    build();
  }

  function build() {
    const signs = [...new Set(columns.map(number => points[number][1]))];
    const axis = { stroke: colour('--ink'), grid: { stroke: colour('--line') }, ticks: { stroke: colour('--line') } };
    const font = getComputedStyle(document.body).getPropertyValue('--plot-font').trim();
    const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3]];
    chart?.destroy();
    chart = new uPlot({
      ...size(),
      tzDate: seconds => uPlot.tzDate(new Date(1000 * seconds), 'Etc/UTC'),
      cursor: { drag: { x: true, y: false, setScale: false } },
      hooks: { setSelect: [plot => select(plot)] },
      scales: { x: { time: true, range: (plot, low, high) => high > low ? [low, high] : [(low ?? 0) - 300, (low ?? 0) + 300] } },
      series: [{ label: 'time', value: (plot, at) => clock(at ?? data[0].at(-1)) },
        ...columns.map((number, place) => ({
          label: points[number][0], scale: points[number][1] || '1', width: 2, stroke: colour(`--curve-${place % 6}`),
          dash: dashes[Math.floor(place / 2) % 4], points: { show: false },
          paths: analog(number) ? undefined : uPlot.paths.stepped({ align: 1 }),
          value: (plot, value) => `${shown(value ?? data[place + 1].at(-1), points[number][2])} ${points[number][1]}`,
        }))],
      axes: [{ ...axis, font, space: 8 * parseInt(font), values: (plot, ticks) => days(ticks) }, ...signs.slice(0, 2).map((sign, place) => ({
        ...axis, font, scale: sign || '1', side: place ? 1 : 3, size: 12 + 6 * parseInt(font), grid: { show: !place, stroke: colour('--line') },
        values: (plot, ticks) => ticks.map(tick => `${+tick.toPrecision(6)} ${sign}`) }))],
    }, data, place);
  }

  const clock = at => at === undefined ? '' : new Date(1000 * at).toISOString().slice(11, 19);
  const days = ticks => ticks.map(at => {
    if (!data[0].length) return '';
    const moment = new Date(1000 * at).toISOString(), isLong = ticks.at(-1) - ticks[0] > 100000;
    return isLong ? `${+moment.slice(8, 10)}.${+moment.slice(5, 7)}. ${moment.slice(11, 16)}` : moment.slice(11, 16);
  });
  const size = () => ({ width: Math.max(place.clientWidth, 280), height: Math.max(Math.min(innerHeight * 0.36, 420), 220) });

  function select(plot) {
    if (plot.select.width < 4) return;
    zoom = [plot.posToVal(plot.select.left, 'x'), plot.posToVal(plot.select.left + plot.select.width, 'x')];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    again();
  }

  function add(moment) {
    if (moment.episode !== episode) { [episode, zoom] = [moment.episode, null]; again(); return; }
    if (!data || moment.x === null || zoom) return;
    const times = data[0], last = times[times.length - 1];
    if (moment.x > last || !times.length) {
      if (times.push(moment.x) === 6001) again();
      columns.forEach((number, place) => data[place + 1].push(moment.v[number]));
    } else columns.forEach((number, place) => { data[place + 1][times.length - 1] = moment.v[number]; });
    if (Date.now() - drawnAt > 250 || moment.over) { drawnAt = Date.now(); chart.setData(data); }
  }

  async function response(number) {
    const [since, until] = zoom ?? [data?.[0][0] ?? '', data?.[0].at(-1) ?? ''];
    const answer = await ask(`/api/response?number=${number}&since=${since}&until=${until}`);
    one('response').textContent = answer?.words ?? 'no answer';
  }

  const toggle = number => choose(chosen.includes(+number) ? chosen.filter(other => other !== +number) : [...chosen, +number]);
  for (const set of sets) set.onclick = () => choose(set.dataset.set.split(',').map(Number));
  one('whole').onclick = () => { zoom = null; again(); };
  new ResizeObserver(() => chart?.setSize(size())).observe(place);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  chosen = sets[0].dataset.set.split(',').map(Number);
  sets[0].setAttribute('aria-pressed', 'true');
  return { add, again, toggle, response };
}
