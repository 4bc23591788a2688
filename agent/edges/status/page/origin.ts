import { isIP } from 'node:net';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/**
 * Whether a request was meant for this page. A name that somebody else's name server points at us (DNS rebinding) is not:
 * only addresses, `localhost` and the names the owner gave are answered.
 */
export function isOurHost(host: string | undefined, names: readonly string[]): boolean {
  const name = (host ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
  return isIP(name) !== 0 || name === 'localhost' || names.includes(name);
}

/** Whether a request that changes something comes from our own page, as far as the browser says where it comes from. */
export function isSameOrigin(headers: Headers): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
}
