import type { ShownConnection } from '../edges/status/snapshot.ts';

/** The newest word of everything that was composed around trading. */
export class Connections {
  readonly #byName = new Map<string, ShownConnection>();

  get all(): readonly ShownConnection[] {
    return [...this.#byName.values()];
  }

  set(connection: ShownConnection): void {
    this.#byName.set(connection.name, connection);
  }
}
