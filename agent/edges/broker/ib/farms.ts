import { CODE } from './codes.ts';

/** Farms that no US stock or option is quoted by: Europe, Hong Kong, Japan, Canada, currencies, bonds, futures. */
const ELSEWHERE = /^(eu|hfarm|jfarm|cafarm|cashfarm|usbond|usfuture)/;

/** Which market-data farms are down, by what the broker says of them: `Market data farm connection is broken:usopt`. */
export class Farms {
  readonly #broken = new Set<string>();

  /** @returns whether a farm that was broken is back: its subscriptions may stay silent */
  heard(code: number, text: string): boolean {
    const name = nameIn(text);
    if (code === CODE.dataFarmBroken) this.#broken.add(name);
    if (code !== CODE.dataFarmBack && code !== CODE.dataFarmInactive) return false;
    const back = this.#broken.delete(name) || this.#broken.delete('');
    return back && code === CODE.dataFarmBack;
  }

  reset(): void {
    this.#broken.clear();
  }

  /** Why quotes of US stocks and options do not flow, or null. A farm without a name may be any. */
  get lost(): string | null {
    const needed = [...this.#broken].filter((name) => !ELSEWHERE.test(name));
    return needed.length === 0
      ? null
      : `market data farm down: ${needed.map((name) => name || 'not named').join(', ')}`;
  }
}

function nameIn(text: string): string {
  // An inactive one is named behind a full stop: `… upon demand.usfarm`.
  return /(?::|demand\.)\s*(\S*)$/.exec(text)?.[1]?.toLowerCase() ?? '';
}
