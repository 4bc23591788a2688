import type { FromChild, ToChild } from '../../../../agent/edges/system/host/child-task.ts';

/** What a child can do wrong, and right. Started by the test as a child of its own. */
const tell = (message: FromChild): void => void process.send?.(message);

process.once('message', (message) => {
  const { work, input } = message as ToChild;
  void WORK[work as keyof typeof WORK](input);
});
tell({ kind: 'ready' });

const WORK = {
  sum: async (input: unknown) => {
    const columns = input as Int32Array;
    tell({ kind: 'progress', progress: { done: 1, of: 2, best: 'half' }, partial: { sofar: columns[0] } });
    tell({ kind: 'done', result: columns.reduce((a, b) => a + b, 0) });
    process.disconnect?.();
  },
  complain: async () => {
    tell({ kind: 'failed', reason: 'there is no data' });
    process.disconnect?.();
  },
  crash: async () => {
    setImmediate(() => {
      throw new Error('broken inside');
    });
  },
  obey: async () => setInterval(() => undefined, 1000),
  ignore: async () => {
    process.on('SIGTERM', () => undefined);
    tell({ kind: 'progress', progress: { done: 0, of: 1, best: 'deaf now' }, partial: null });
    setInterval(() => undefined, 1000);
  },
  /** Buffers: outside the heap, so only its resident size shows it. It ends at 300 MB, however late somebody looks. */
  buffers: async () => {
    const kept: Buffer[] = [];
    setInterval(() => kept.length < 15 && kept.push(Buffer.alloc(20 * 1024 * 1024, kept.length + 1)), 20);
  },
  heap: async () => {
    const kept: unknown[] = [];
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, i) => ({ i })));
  },
};
