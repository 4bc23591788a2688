/**
 * Resolves when this process is asked to end.
 * @param withParent the standard input is a pipe of the parent: it ends when the parent does, however that dies
 */
export function endOfProcess(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (withParent) process.stdin.resume().once('close', () => resolve());
  });
}
