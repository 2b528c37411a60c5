/**
 * A browser without a screen: follows redirects, keeps cookies, fills forms, until it leaves for the client.
 *
 * It knows no server: forms are read from their pages. What real browsers withhold it withholds as well – cookies that
 * are SameSite=Strict after another site, redirects that the page's `form-action` does not name, `Origin` under
 * `no-referrer` – and another port counts as another site.
 */

import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { text } from 'node:stream/consumers';

const MOST_STEPS = 20;
const TOTP_SECONDS = 30;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const EXTERNAL = /\/external\/([^/]+)$/;
const ELSEWHERE = /\/external\/[^/]+$|\/sign-out$/;
/** Hidden fields that a form which matters here may have and nothing else. */
const MARK = /^(csrf|ticket|xsrf)$/;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/**
 * Signs a person in and returns the URL to which the client is called back.
 * @param person {username, password, totp_secret?, user_code?, decision?, external?: {provider?, username, password}}
 */
export async function signIn(url, person, redirectUri) {
  const browser = new Browser((address) => isCallback(address, redirectUri));
  const page = await visit(browser, await browser.open(new URL(url), 'cross-site'), person);
  if (!page.left) throw new Error(`no way on from ${page.url.pathname} (${page.status}): ${said(page)}`);
  return page.left;
}

/** Signs a person in and approves a device; returns what the last page says. */
export async function approve(url, person) {
  const browser = new Browser(() => false);
  return said(await visit(browser, await browser.open(new URL(url), 'none'), person));
}

/** The code of RFC 6238 for a moment: SHA-1, six digits, half a minute. */
export function totp(secret, seconds = Date.now() / 1000) {
  const bits = [...secret.toUpperCase().replace(/[\s=]/g, '')]
    .map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((octet) => Number.parseInt(octet, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / TOTP_SECONDS)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest.at(-1) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

async function visit(browser, first, person) {
  let page = first;
  let codes = 0;
  let who = person;
  for (let step = 0; step < MOST_STEPS && !page.left; step += 1) {
    // A code that was used before is refused although it is right: the next one is tried, once.
    const again = page.status >= 400 && page.status < 500 && codes === 1 && asksForCode(page);
    if (page.status >= 400 && !again) throw new Error(`${page.status} at ${page.url.pathname}: ${said(page)}`);
    const atHome = page.url.origin === first.url.origin;
    const out = atHome && wayOut(page, who.external);
    const form = out || chosen(page, atHome ? who : { ...who, ...who.external }, codes);
    if (!form) return page;
    if (asksForCode(page)) codes += 1;
    // The page after a decision may offer to type another device's code.
    if (form.decided) who = { ...who, user_code: undefined };
    page = await browser.submit(page, form);
  }
  return page;
}

/** The link or the form that leads to another provider, if one is asked for. */
function wayOut(page, external) {
  if (!external) return undefined;
  const leads = ({ action }) => {
    const [, name] = action.pathname.match(EXTERNAL) ?? [];
    return name !== undefined && name === (external.provider ?? name);
  };
  const form = page.forms.find(leads);
  return form ? { ...form, values: form.controls.filter(isHidden).map(pair) } : page.links.find(leads);
}

/** The form that is about the sign-in, with its values; none where a page only has a sign-out or a search. */
function chosen(page, person, codes) {
  const about = ({ method, action: { pathname } }) => method === 'POST' && !ELSEWHERE.test(pathname);
  const candidates = page.forms.filter(about).map((form) => filled(form, person, codes)).filter((form) => form?.known);
  return candidates.sort((one, other) => other.known - one.known)[0];
}

function filled(form, person, codes) {
  const typed = {
    username: person.username,
    login: person.username,
    password: person.password,
    code: person.totp_secret && totp(person.totp_secret, Date.now() / 1000 + codes * TOTP_SECONDS),
    user_code: person.user_code,
  };
  const values = [];
  let known = 0;
  for (const control of form.controls.filter(({ name, kind }) => name && kind !== 'submit')) {
    const entry = isHidden(control) ? undefined : typed[control.name];
    const awaited = control.name in typed || (control.required && !control.value);
    if (!isHidden(control) && !entry && awaited) return undefined;
    if (/^(checkbox|radio)$/.test(control.kind) && !control.checked) continue;
    if (entry) known += 10;
    else if (isHidden(control) && MARK.test(control.name)) known += 1;
    values.push([control.name, entry ?? control.value]);
  }
  const button = pressed(form, person.decision ?? 'allow');
  if (button?.name) values.push(pair(button));
  const decided = button?.name === 'decision';
  return { ...form, values, decided, known: known + (decided ? 10 : 0) };
}

function pressed(form, decision) {
  const buttons = form.controls.filter(({ kind }) => kind === 'submit');
  return buttons.find(({ name, value }) => name === 'decision' && value === decision)
    ?? buttons.find(({ name }) => name !== 'abort');
}

const isHidden = ({ kind }) => kind === 'hidden';
const pair = ({ name, value }) => [name, value];
const asksForCode = (page) => page.forms.some(({ controls }) => controls.some(({ name }) => name === 'code'));

function isCallback(url, redirectUri) {
  if (!redirectUri) return false;
  const [address] = url.href.split(/[?#]/);
  return address === redirectUri || address === new URL(redirectUri).href;
}

class Browser {
  #cookies = new Map();

  #leaves;

  constructor(leaves) {
    this.#leaves = leaves;
  }

  open(url, site) {
    return this.#load({ url, method: 'GET', site });
  }

  submit(page, form) {
    const values = new URLSearchParams(form.values ?? []);
    const url = new URL(form.action);
    const posts = form.method === 'POST';
    if (!posts && values.size) url.search = values;
    if (form.method && !allowed(page, url)) throw blocked(page, url);
    const site = url.origin === page.url.origin ? 'same-origin' : 'cross-site';
    const body = posts ? String(values) : undefined;
    return this.#load({ url, method: form.method ?? 'GET', body, site, page, form });
  }

  async #load({ page, form, ...first }) {
    let { url, method, body, site } = first;
    for (let hop = 0; hop < MOST_STEPS; hop += 1) {
      if (this.#leaves(url)) return { left: url.href };
      const response = await sent(url, method, body, this.#headers({ url, method, site, page }));
      this.#keep(url, response.headers['set-cookie'] ?? []);
      const { location } = response.headers;
      if (!location || response.statusCode < 300 || response.statusCode > 399) return read(url, response);
      const next = new URL(location, url);
      if (form?.method && !allowed(page, next)) throw blocked(page, next);
      if (next.origin !== url.origin) site = 'cross-site';
      if (response.statusCode < 307) [method, body] = ['GET', undefined];
      url = next;
    }
    throw new Error(`more than ${MOST_STEPS} redirects, the last to ${url.pathname}`);
  }

  #headers({ url, method, site, page }) {
    const policy = page?.headers['referrer-policy'] ?? 'strict-origin-when-cross-origin';
    const silent = policy === 'no-referrer' || (policy === 'same-origin' && site !== 'same-origin');
    const headers = {
      accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
      'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8',
      'sec-fetch-dest': 'document',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-site': site,
      'user-agent': 'Mozilla/5.0 (tests)',
    };
    const cookies = this.#sent(url, method, site);
    if (cookies) headers.cookie = cookies;
    if (page && !silent) headers.referer = site === 'same-origin' ? page.url.href : `${page.url.origin}/`;
    if (method === 'POST') {
      headers['content-type'] = 'application/x-www-form-urlencoded';
      headers.origin = silent || !page ? 'null' : page.url.origin;
    }
    return headers;
  }

  #sent(url, method, site) {
    const fits = ({ path, sameSite }) => {
      const folder = path.endsWith('/') ? path : `${path}/`;
      const reaches = url.pathname === path || url.pathname.startsWith(folder);
      const withheld = sameSite === 'strict' || (sameSite !== 'none' && method === 'POST');
      return reaches && !(site === 'cross-site' && withheld);
    };
    const kept = [...(this.#cookies.get(url.origin)?.values() ?? [])];
    return kept.filter(fits).map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  #keep(url, lines) {
    const jar = this.#cookies.get(url.origin) ?? new Map();
    this.#cookies.set(url.origin, jar);
    for (const line of lines) {
      const [first, ...rest] = line.split(';').map((part) => part.trim());
      const [name, value] = split(first);
      const attributes = Object.fromEntries(rest.map(split).map(([key, told]) => [key.toLowerCase(), told]));
      const path = attributes.path?.startsWith('/') ? attributes.path : '/';
      const ended = attributes['max-age'] === undefined
        ? Date.parse(attributes.expires) <= Date.now() : Number(attributes['max-age']) <= 0;
      if (ended) jar.delete(`${name} ${path}`);
      else jar.set(`${name} ${path}`, { name, value, path, sameSite: attributes.samesite?.toLowerCase() });
    }
  }
}

function split(text_) {
  const at = text_.indexOf('=');
  return at < 0 ? [text_, ''] : [text_.slice(0, at), text_.slice(at + 1)];
}

/** Chromium applies `form-action` to every redirect after a form was sent, not to its first address alone. */
function allowed(page, url) {
  const policies = (page.headers['content-security-policy'] ?? '').split(',');
  return policies.every((policy) => {
    const directives = policy.split(';').map((part) => part.trim().split(/\s+/));
    const directive = directives.find(([name]) => name === 'form-action');
    return !directive || directive.slice(1).some((source) => {
      if (source === "'self'") return url.origin === page.url.origin;
      if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return url.protocol === source.toLowerCase();
      return source === '*' || url.origin === source || url.href.split(/[?#]/)[0] === source;
    });
  });
}

const blocked = ({ url: { pathname } }, { origin }) => (
  new Error(`form-action of ${pathname} does not let the form lead to ${origin}`));

function sent(url, method, body, headers) {
  const open = url.protocol === 'https:' ? requestOverTls : request;
  return new Promise((resolve, reject) => {
    const asking = open(url, { method, headers, timeout: 20_000 }, resolve);
    asking.on('error', reject);
    asking.on('timeout', () => asking.destroy(new Error(`no answer from ${url.origin}${url.pathname}`)));
    asking.end(body);
  });
}

async function read(url, response) {
  const html = await text(response);
  const page = { url, status: response.statusCode, headers: response.headers, html, forms: [], links: [] };
  const tag = /<(\/?)(form|input|button|select|textarea|a)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
  const strays = [];
  let form;
  for (const [, closing, raw, rest] of html.replace(/<!--[\s\S]*?-->/g, '').matchAll(tag)) {
    const [name, attributes] = [raw.toLowerCase(), attributesOf(rest)];
    if (name === 'form') form = closing ? undefined : opened(page, attributes);
    else if (name === 'a' && attributes.href) page.links.push({ action: new URL(attributes.href, url) });
    else if (!closing && attributes.form) strays.push(control(name, attributes));
    else if (!closing && name !== 'a') form?.controls.push(control(name, attributes));
  }
  for (const stray of strays) page.forms.find(({ id }) => id === stray.form)?.controls.push(stray);
  return page;
}

function opened(page, attributes) {
  const action = new URL(attributes.action || page.url.href, page.url);
  const form = { id: attributes.id, action, method: (attributes.method ?? 'get').toUpperCase(), controls: [] };
  page.forms.push(form);
  return form;
}

function control(tag, attributes) {
  const kind = tag === 'button' ? attributes.type ?? 'submit' : (attributes.type ?? 'text').toLowerCase();
  const { name, form, value = '' } = attributes;
  return { name, form, value, kind, required: 'required' in attributes, checked: 'checked' in attributes };
}

function attributesOf(written) {
  const attribute = /([^\s=/>"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g;
  const found = [...written.matchAll(attribute)];
  return Object.fromEntries(found.map(([, name, double, single, bare]) => [
    name.toLowerCase(), unescaped(double ?? single ?? bare ?? ''),
  ]));
}

function unescaped(written) {
  return written.replace(/&(?:#x([0-9a-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
  });
}

/** The text of the page's alert, else the beginning of all its text. */
function said(page) {
  const [, , alert] = page.html.match(/<(\w+)[^>]*\brole="?alert\b[^>]*>([\s\S]*?)<\/\1>/i) ?? [];
  const [, , body] = page.html.match(/<(body)\b[^>]*>([\s\S]*)/i) ?? [undefined, undefined, page.html];
  const shown = (alert ?? body).replace(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return unescaped(shown).replace(/\s+/g, ' ').trim().slice(0, 300);
}
