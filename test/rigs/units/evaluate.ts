/**
 * Runs a line of JavaScript inside a Node process that is already running, through its inspector: what the process may do is
 * thereby asked of the process itself, in its own sandbox. Called inside the container: `node evaluate.ts PID EXPRESSION`.
 */
const [pid, expression] = process.argv.slice(2);
const LOOK_MS = 50;
const PATIENCE_MS = 10_000;

process.kill(Number(pid), 'SIGUSR1');
const socket = new WebSocket(await inspector());
socket.onopen = () => {
  const params = { expression, awaitPromise: true, returnByValue: true };
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
  if (expression?.startsWith('for')) setTimeout(() => process.exit(0), LOOK_MS);
};
socket.onmessage = ({ data }) => {
  const { id, result } = JSON.parse(String(data));
  if (id !== 1) return;
  const { exceptionDetails, result: value } = result;
  process.stdout.write(`${exceptionDetails?.exception?.description?.split('\n')[0] ?? JSON.stringify(value.value)}\n`);
  void closed().then(() => process.exit(0));
};

/** The port is one for all: the next process that is asked needs it. */
async function closed(): Promise<void> {
  const close = "setTimeout(() => process.getBuiltinModule('inspector').close(), 50), 0";
  socket.send(JSON.stringify({ id: 2, method: 'Runtime.evaluate', params: { expression: close } }));
  for (;;) {
    try {
      await fetch('http://127.0.0.1:9229/json');
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function inspector(): Promise<string> {
  for (let passed = 0; ; passed += LOOK_MS) {
    try {
      const [target] = (await (await fetch('http://127.0.0.1:9229/json')).json()) as { webSocketDebuggerUrl: string }[];
      if (target !== undefined) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (passed > PATIENCE_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
