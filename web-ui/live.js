const root = document.documentElement;
const THEMES = ['auto', 'light', 'dark'];
/** The server says something every 20 s. */
const SILENCE_MS = 45_000;
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;

const market = { at: Number(root.dataset.at), speed: Number(root.dataset.speed), readAt: performance.now() };
let sequence = Number(root.dataset.sequence);
let heardAt = performance.now();
let retryMs = FIRST_RETRY_MS;
/** @type {WebSocket | null} */
let socket = null;

// Before anything is drawn, so that the page never shows the other theme first.
root.dataset.theme = rememberedTheme();
document.addEventListener('DOMContentLoaded', () => {
  if (root.dataset.trading === undefined) return;
  prepareTheme();
  prepareForms();
  connect();
  setInterval(tick, 1000);
});

function connect() {
  const opened = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`);
  socket = opened;
  heardAt = performance.now();
  opened.onmessage = (event) => {
    heardAt = performance.now();
    retryMs = FIRST_RETRY_MS;
    say('link', '');
    root.dataset.link = 'alive';
    take(JSON.parse(event.data));
  };
  opened.onclose = () => lost(opened);
}

/** @param {WebSocket} closed */
function lost(closed) {
  if (socket !== closed) return;
  socket = null;
  root.dataset.link = 'lost';
  say('link', 'Connection lost: the figures stand still. Reconnecting…');
  setTimeout(connect, retryMs * (0.5 + Math.random() / 2));
  retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
}

/** @param {LiveMessage} message */
function take(message) {
  if (!message.full && message.sequence < sequence) return;
  sequence = message.sequence;
  Object.assign(market, { at: message.at, speed: message.speed, readAt: performance.now() });
  root.dataset.trading = message.trading;
  document.title = message.title;
  for (const [name, markup] of Object.entries(message.panels)) {
    const place = document.querySelector(`[data-panel="${name}"]`);
    if (place === null) continue;
    const drawn = document.createElement('template');
    drawn.innerHTML = markup;
    patchChildren(place, drawn.content);
  }
  showAges();
}

/**
 * Makes `old` look like `fresh` and touches nothing that is the same: focus, scrolling and open details stay.
 * @param {Element} old
 * @param {Element | DocumentFragment} fresh
 */
function patchChildren(old, fresh) {
  let next = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const found = findSame(next, node);
    if (found === null) {
      old.insertBefore(node, next);
      continue;
    }
    while (next !== null && next !== found) next = removed(next);
    next = found.nextSibling;
    patchNode(found, node);
  }
  while (next !== null) next = removed(next);
}

/**
 * The node from `start` on that is the same thing: by key where there is one, else by its kind at this very place.
 * @param {ChildNode | null} start
 * @param {ChildNode} node
 * @returns {ChildNode | null}
 */
function findSame(start, node) {
  const key = keyOf(node);
  if (key === null) return start !== null && start.nodeName === node.nodeName && keyOf(start) === null ? start : null;
  for (let one = start; one !== null; one = one.nextSibling) if (keyOf(one) === key) return one;
  return null;
}

/** @param {ChildNode} node */
function keyOf(node) {
  return node instanceof HTMLElement ? (node.dataset.key ?? null) : null;
}

/** @param {ChildNode} node */
function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/**
 * @param {ChildNode} old
 * @param {ChildNode} fresh
 */
function patchNode(old, fresh) {
  if (!(old instanceof Element && fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.hasAttribute('data-age')) {
    for (const name of ['data-age', 'data-stale']) old.setAttribute(name, fresh.getAttribute(name) ?? '');
    return;
  }
  const changed = old.classList.contains('v') && old.textContent !== fresh.textContent;
  patchAttributes(old, fresh);
  patchChildren(old, fresh);
  if (changed) flash(old);
}

/**
 * @param {Element} old
 * @param {Element} fresh
 */
function patchAttributes(old, fresh) {
  for (const { name, value } of [...fresh.attributes])
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && name !== 'open') old.removeAttribute(name);
}

/** @param {Element} element */
function flash(element) {
  element.classList.add('changed');
  setTimeout(() => element.classList.remove('changed'), 1200);
}

function tick() {
  const silent = socket;
  if (silent !== null && performance.now() - heardAt > SILENCE_MS) {
    lost(silent);
    silent.close();
  }
  showAges();
}

function showAges() {
  const now = market.at + (performance.now() - market.readAt) * market.speed;
  for (const element of document.querySelectorAll('time[data-age]')) {
    const passed = now - Number(element.getAttribute('data-age'));
    const limit = Number(element.getAttribute('data-stale') || Number.POSITIVE_INFINITY);
    const text = ageText(passed, passed > limit);
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle('stale', passed > limit);
  }
}

/** HALT and resume without leaving the page; where the token is missing, the form goes its plain way and is asked for it. */
function prepareForms() {
  for (const form of document.querySelectorAll('form')) {
    if (form.hasAttribute('data-live'))
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        void submit(form, event.submitter);
      });
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} pressed
 */
async function submit(form, pressed) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, pressed)) fields.append(name, String(value));
  say('notice', 'Sending…');
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: fields,
    });
    if (response.status === 401 || response.status === 403) return form.submit();
    const answer = await response.json();
    say('notice', answer.message ?? answer.error ?? 'It was not said what came of it.');
    form.closest('details')?.removeAttribute('open');
  } catch {
    say('notice', 'Not sent: the appliance does not answer. Use the red switch on the box.');
  }
}

function prepareTheme() {
  const button = document.getElementById('theme');
  if (button === null) return;
  /** @param {string} theme */
  const show = (theme) => {
    root.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
  };
  button.hidden = false;
  show(root.dataset.theme ?? 'auto');
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? 'auto') + 1) % THEMES.length] ?? 'auto';
    show(next);
    try {
      localStorage.setItem('theme', next);
    } catch {
      // Holds until the page is loaded again.
    }
  });
}

/**
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  const element = document.getElementById(id);
  if (element !== null && element.textContent !== text) element.textContent = text;
}

/** A browser may be told to store nothing, and then refuses with an error. */
function rememberedTheme() {
  try {
    return localStorage.getItem('theme') ?? 'auto';
  } catch {
    return 'auto';
  }
}
