// Hands on the run, for whoever has the token: it comes in the fragment of the address, which no server ever sees.
const one = id => document.getElementById(id);

export function hands(units) {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given) { sessionStorage.setItem('token', given); history.replaceState(null, '', location.pathname + location.search); }
  const token = () => sessionStorage.getItem('token') ?? '';
  let point = null, fading = 0;

  function say(words, failed) {
    (failed && document.querySelector('dialog[open]') || document.body).append(one('said')); // it would lie behind a window
    Object.assign(one('said'), { textContent: words, hidden: !words });
    one('said').dataset.failed = String(failed);
    clearTimeout(fading); // the words before are not to hide these
    if (!failed) fading = setTimeout(() => { one('said').hidden = true; }, 4000);
  }
  function show() {
    one('hands').hidden = !token();
    one('take').hidden = Boolean(token());
    if (one('hold')) one('hold').hidden = !token() || !point?.may_be_held;
  }
  async function act(what, content = {}, quietly = false) {
    const answer = await fetch(`/api/${what}`, {
      method: 'POST', body: JSON.stringify(content),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token()}` },
    }).catch(() => null);
    const words = answer ? (await answer.json()).words : 'no connection';
    if (answer?.status === 403) { sessionStorage.removeItem('token'); show(); }
    if (!quietly || !answer?.ok) say(words, !answer?.ok);
    return Boolean(answer?.ok);
  }

  one('hands').addEventListener('click', event => {
    const what = event.target.dataset.do;
    if (what === 'reset') {
      const day = one('start').value || one('day').value;
      if (day.startsWith('state ')) act('restore', { name: day.slice(6) });
      else act('reset', /^\d|^$/.test(day) ? { start: day } : { period: day });
    } else if (what === 'note') act('note', { text: one('note').value }).then(kept => { if (kept) one('note').value = ''; });
    else if (what === 'stop') { if (confirm('End the run, and give everything back?')) act('stop'); }
    else if (what) act(what);
  });
  one('hands').addEventListener('submit', event => event.preventDefault());
  if (one('scale')) {
    one('scale').onchange = () => { if (one('scale').value) act('pace', { scale: +one('scale').value }); };
    one('day').onchange = () => { one('start').value = ''; };
    one('start').oninput = () => { one('day').value = ''; };
  }
  one('take').onclick = () => one('key').showModal();
  one('key-form').onsubmit = async event => {
    event.preventDefault();
    sessionStorage.setItem('token', one('token').value);
    if (await act('check')) { one('key').close(); show(); }
    one('token').value = '';
  };
  if (one('hold')) {
    one('hold').onsubmit = async event => {
      event.preventDefault();
      const typed = one('held').value.trim(), value = typed ? Number(typed.replace(',', '.')) : null;
      if (await act('hold', { point: point.name, value, units })) one('point').close();
    };
    one('let-go').onclick = async () => { if (await act('release', { point: point.name })) one('point').close(); };
  }
  let saved = '';
  function stands(moment) {
    if (moment.over) one('hands').hidden = true; // there is nothing left to hold
    if (!one('scale')) return;
    document.querySelector('[data-do="pause"]').setAttribute('aria-pressed', String(moment.held));
    if (document.activeElement !== one('scale')) one('scale').value = moment.scale;
    one('save').hidden = moment.saved === null;
    if (String(moment.saved) === saved) return;
    saved = String(moment.saved);
    one('saved').hidden = !saved || !moment.saved;
    one('saved').replaceChildren(...[...moment.saved ?? []].reverse().map(name => new Option(name, `state ${name}`)));
  }
  show();
  if (token()) act('check', {}, true); // it may be of another run
  return {
    stands,
    shows(told) {
      point = told;
      if (one('hold')) { one('held-unit').textContent = told.unit; one('held').value = told.value; }
      show();
    },
  };
}
