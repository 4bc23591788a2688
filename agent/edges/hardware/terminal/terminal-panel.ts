import type { Light, Lights } from '../light.ts';
import type { Panel } from '../panel.ts';

/** As much of a stream as is needed; `process.stdout` is one. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalPanelOptions {
  readonly out: Terminal;
  /** The environment, for NO_COLOR and TERM. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const NAMES = ['system', 'trading', 'research'] as const;
const COLOURS: Readonly<Record<Light['colour'], string>> = {
  off: '90',
  green: '32',
  yellow: '33',
  red: '31',
  blue: '34',
};
/** One sign for each pattern, because a line of text does not blink and colour is never the only sign. */
const SIGNS: Readonly<Record<Light['pattern'], string>> = {
  solid: '●',
  breathing: '◐',
  blinking: '◉',
  fast: '‼',
  tripleFlash: '⁂',
};
const CLEAR = '\r\u001b[2K';

/**
 * The three lights as one line. On a terminal it stays the last line and is redrawn in place; anywhere else a line is written
 * whenever it changes.
 */
export class TerminalPanel implements Panel {
  readonly #out: Terminal;
  readonly #inPlace: boolean;
  readonly #coloured: boolean;
  #running = false;
  #line = '';

  constructor({ out, env }: TerminalPanelOptions) {
    this.#out = out;
    this.#inPlace = out.isTTY === true && env.TERM !== 'dumb';
    this.#coloured = this.#inPlace && (env.NO_COLOR ?? '') === '';
  }

  async start(): Promise<void> {
    this.#running = true;
  }

  /** Leaves the last state standing. */
  async stop(): Promise<void> {
    if (this.#running && this.#inPlace && this.#line !== '') this.#out.write('\n');
    this.#running = false;
    this.#line = '';
  }

  show({ lights }: { readonly lights: Lights }): void {
    const line = this.#draw(lights);
    if (!this.#running || line === this.#line) return;
    this.#line = line;
    this.#out.write(this.#inPlace ? CLEAR + line : `${line}\n`);
  }

  /** Writes a line of text above the lights, so that a running account and the lights share a terminal. */
  print(text: string): void {
    if (!this.#inPlace || this.#line === '') this.#out.write(`${text}\n`);
    else this.#out.write(`${CLEAR}${text}\n${this.#line}`);
  }

  #draw(lights: Lights): string {
    const full = NAMES.map((name) => `${name} ${lights[name].meaning}`);
    const width = full.join('').length + 4 * NAMES.length;
    // A line that wraps cannot be redrawn in place.
    const short = this.#inPlace && width > (this.#out.columns ?? 80);
    return NAMES.map((name) => this.#lamp(lights[name], short ? name : `${name} ${lights[name].meaning}`)).join('  ');
  }

  #lamp({ colour, pattern }: Light, text: string): string {
    const sign = colour === 'off' ? '○' : SIGNS[pattern];
    return this.#coloured ? `\u001b[${COLOURS[colour]}m${sign}\u001b[0m ${text}` : `${sign} ${text}`;
  }
}
