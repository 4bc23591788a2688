/** Aborts at the first Ctrl-C or request to end; at the second the process goes at once. */
export function untilInterrupted(): { readonly signal: AbortSignal; readonly done: Promise<void>; end(): void } {
  const controller = new AbortController();
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort(new Error('interrupted'));
    resolve();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, onSignal);
  return {
    signal: controller.signal,
    done,
    end: () => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, onSignal);
    },
  };
}
