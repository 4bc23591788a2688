import type { EpochMs } from '../../core/calendar/time.ts';
import type { Alert } from '../../edges/store/records.ts';
import type { Store } from '../../edges/store/store.ts';

export interface AlertBookParts {
  readonly store: Pick<Store, 'commit' | 'list'>;
  readonly onChange: () => void;
}

/** What a person should know of. One alert per key; it stays until it is resolved, also over a restart. */
export class AlertBook {
  readonly #parts: AlertBookParts;
  readonly #open = new Map<string, Alert>();

  constructor(parts: AlertBookParts) {
    this.#parts = parts;
  }

  async load(): Promise<void> {
    for (const [key, alert] of await this.#parts.store.list('alerts')) {
      if (alert.resolvedAt === null) this.#open.set(key, alert);
    }
  }

  get open(): readonly Alert[] {
    return [...this.#open.values()].sort((a, b) => b.raisedAt - a.raisedAt);
  }

  async raise(
    key: string,
    alert: { readonly severity: Alert['severity']; readonly text: string; readonly at: EpochMs },
  ): Promise<void> {
    const before = this.#open.get(key);
    if (before !== undefined && before.text === alert.text && before.severity === alert.severity) return;
    const put: Alert = {
      key,
      severity: alert.severity,
      text: alert.text,
      raisedAt: before?.raisedAt ?? alert.at,
      resolvedAt: null,
    };
    this.#open.set(key, put);
    await this.#parts.store.commit([{ table: 'alerts', key, put }], 'lazy');
    this.#parts.onChange();
  }

  async resolve(key: string, at: EpochMs): Promise<void> {
    const alert = this.#open.get(key);
    if (alert === undefined) return;
    this.#open.delete(key);
    await this.#parts.store.commit([{ table: 'alerts', key, put: { ...alert, resolvedAt: at } }], 'lazy');
    this.#parts.onChange();
  }
}
