import { EventEmitter } from 'node:events';
import type { Output } from './outputs.ts';

/** What a pin of the board is: an output, or an input with its level. */
export type BoardPin = { readonly output: Output } | { readonly level: () => 0 | 1 };

interface PinRecord {
  readonly supportedModes: readonly number[];
  mode: number;
  value: number;
  report: 0 | 1;
  readonly analogChannel: 127;
}

type Listener = (level: 0 | 1) => void;

/** Takes bytes for a device on the I2C bus. */
export type I2cWriter = (address: number, bytes: Uint8Array) => void;

const MODES = { INPUT: 0, OUTPUT: 1, ANALOG: 2, PWM: 3, SERVO: 4 } as const;
const NO_ANALOG_CHANNEL = 127;

/**
 * A board for johnny-five, made of what the kernel gives us. Its pins are the positions in the list it is made from. It can do what
 * lights and buttons need; what it cannot do it throws at.
 */
export class BoardIo extends EventEmitter {
  readonly name = 'Wheelhouse';
  readonly MODES = MODES;
  readonly HIGH = 1;
  readonly LOW = 0;
  readonly analogPins: readonly number[] = [];
  readonly pins: readonly PinRecord[];
  isReady = false;
  readonly #pins: readonly BoardPin[];
  readonly #i2c: I2cWriter | null;
  readonly #listeners = new Map<number, Listener[]>();

  constructor(pins: readonly BoardPin[], i2c: I2cWriter | null = null) {
    super();
    this.#pins = pins;
    this.#i2c = i2c;
    this.pins = pins.map((pin) => ({
      supportedModes: modesOf(pin),
      mode: modesOf(pin)[0] ?? MODES.INPUT,
      value: 0,
      report: 1,
      analogChannel: NO_ANALOG_CHANNEL,
    }));
  }

  /** In later turns, as whoever waits for it has to listen first. */
  begin(): void {
    setImmediate(() => {
      this.isReady = true;
      this.emit('connect');
      this.emit('ready');
    });
  }

  normalize(pin: number): number {
    return pin;
  }

  pinMode(pin: number, mode: number): void {
    const record = this.#record(pin);
    const output = record.supportedModes.includes(MODES.OUTPUT);
    // The colours of an LED are always asked for as levelled ones; a line that is only on or off is lit by any level but 0.
    if (!record.supportedModes.includes(mode) && !(output && mode === MODES.PWM)) {
      throw unsupported(`mode ${mode} of pin ${pin}`);
    }
    record.mode = mode;
  }

  /** Of an input it asks for a pull-up, which the line has already. */
  digitalWrite(pin: number, value: number): void {
    this.pwmWrite(pin, value === 0 ? 0 : 255);
  }

  pwmWrite(pin: number, value: number): void {
    this.#record(pin).value = value;
    const wired = this.#pins[pin];
    if (wired !== undefined && 'output' in wired) wired.output.write(value);
  }

  analogWrite(pin: number, value: number): void {
    this.pwmWrite(pin, value);
  }

  digitalRead(pin: number, handler: Listener): void {
    const wired = this.#pins[pin];
    if (wired === undefined || !('level' in wired)) throw unsupported(`reading pin ${pin}`);
    this.#listeners.set(pin, [...(this.#listeners.get(pin) ?? []), handler]);
    setImmediate(() => this.report(pin, wired.level()));
  }

  /** Whoever hears of an edge calls it. */
  report(pin: number, level: 0 | 1): void {
    this.#record(pin).value = level;
    for (const handler of this.#listeners.get(pin) ?? []) handler(level);
    this.emit(`digital-read-${pin}`, level);
  }

  i2cConfig(): void {
    if (this.#i2c === null) throw unsupported('an I2C bus');
  }

  i2cWrite(address: number, bytes: number | readonly number[]): void {
    if (this.#i2c === null) throw unsupported('an I2C bus');
    this.#i2c(address, Uint8Array.from(typeof bytes === 'number' ? [bytes] : bytes));
  }

  analogRead(): never {
    throw unsupported('reading voltages');
  }

  servoWrite(): never {
    throw unsupported('servos');
  }

  #record(pin: number): PinRecord {
    const record = this.pins[pin];
    if (record === undefined) throw unsupported(`pin ${pin}`);
    return record;
  }
}

function modesOf(pin: BoardPin): readonly number[] {
  if ('level' in pin) return [MODES.INPUT];
  return pin.output.levelled ? [MODES.OUTPUT, MODES.PWM] : [MODES.OUTPUT];
}

function unsupported(what: string): Error {
  return Object.assign(new Error(`the board does not support ${what}`), { code: 'BOARD_UNSUPPORTED' });
}
