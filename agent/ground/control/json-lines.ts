import { connect, type Socket } from 'node:net';

/** Calls back with the value of each line, `undefined` for a line that is no JSON. A line beyond `longest` ends the socket. */
export function onJsonLine(socket: Socket, longest: number, hear: (value: unknown) => void): void {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    const lines = (text + chunk).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) hear(parsed(line));
    if (text.length > longest) socket.destroy();
  });
}

export function sendJsonLine(socket: Socket, value: object): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(value)}\n`);
}

const LONGEST_ANSWER = 1 << 24;

/** One call, one answer. Rejects with the system's error, when the other side hangs up without one, or is silent for too long. */
export function askOnce(path: string, call: object, patienceMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => sendJsonLine(socket, call));
    const late = new Error(`it has not answered within ${patienceMs / 1000} s`);
    // Destroyed, not only given up: an open socket would keep whoever asks from ending.
    socket.setTimeout(patienceMs, () => socket.destroy(late));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it hung up without an answer')));
    onJsonLine(socket, LONGEST_ANSWER, (answer) => {
      resolve(answer);
      socket.destroy();
    });
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
