export type LogFields = Readonly<Record<string, unknown>>;

/** Values go into the object, the sentence stays fixed, so that lines can be counted and searched. */
export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
  child(room: string): Log;
}

const nothing = (): void => undefined;

/** Says nothing: for replay and tests. */
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silentLog };
