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

/** One call, one answer. Rejects with the system's error, or when the other side hangs up without one. */
export function askOnce(path: string, call: object, longest = 1 << 24): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => sendJsonLine(socket, call));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('it hung up without an answer')));
    onJsonLine(socket, longest, (answer) => {
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
