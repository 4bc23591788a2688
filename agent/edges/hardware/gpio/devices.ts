import type { Board, BoardOption } from 'johnny-five';
import type { BoardIo } from './board-io.ts';

type Devices = typeof import('johnny-five');

/** It would take the terminal and Ctrl-C, and write to the terminal. */
const QUIET = { repl: false, sigint: false, debug: false };

/** It is CommonJS: what its types call named exports are properties of one. */
export async function loadDevices(): Promise<Devices> {
  const loaded: unknown = await import('johnny-five');
  return (loaded as { readonly default: Devices }).default;
}

export function boardOn(make: typeof Board, io: BoardIo): Promise<Board> {
  return new Promise((resolve, reject) => {
    const options: BoardOption = { io, ...QUIET };
    const board = new make(options);
    board.on('ready', () => resolve(board));
    board.on('error', reject);
    io.begin();
  });
}
