import type { LCD } from 'johnny-five';
import type { I2cBus } from '../../../../ground/gpio/i2c-bus.ts';
import { COLUMNS, ROWS } from '../../text-rows.ts';
import { BoardIo } from '../board-io.ts';
import { boardOn, loadDevices } from '../devices.ts';

/** Four rows of twenty characters behind an eight-bit expander. Whatever the bus refuses is the kernel's Error. */
export interface CharacterLcd {
  /** One row, as one transfer. */
  write(line: number, text: string): Promise<void>;
  light(on: boolean): Promise<void>;
  /** Finds back to whole characters after a disturbance on its wires. What it showed may be gone. */
  resync(): Promise<void>;
  /** Dark when it returns. */
  end(): void;
}

/** What johnny-five's types leave out. */
type Commanded = LCD & { command(value: number): unknown };

const SHOW_WITHOUT_CURSOR = 0x0c;
/** Four bits from any state, two lines, shown without cursor, from left to right; twice, since the first may fall on deaf ears. */
const WAKE = [0x33, 0x32, 0x28, SHOW_WITHOUT_CURSOR, 0x06];
const ALL_LOW = Uint8Array.of(0);

/**
 * Begins with it: some 25 ms in which the program stands still, because what wakes it needs pauses. Later on a row is collected
 * and goes out as one transfer in the background: byte by byte, as johnny-five writes, each would be waited for.
 */
export async function beginLcd(bus: I2cBus, address: number): Promise<CharacterLcd> {
  // Nobody there: heard before anything is loaded.
  bus.writeNow(ALL_LOW);
  const { Board, LCD } = await loadDevices();
  let collected: number[] | null = null;
  const io = new BoardIo([], (_, bytes) => {
    if (collected === null) bus.writeNow(bytes);
    else collected.push(...bytes);
  });
  const board = await boardOn(Board, io);
  const lcd = new LCD({ ...{ board, controller: 'PCF8574', rows: ROWS, cols: COLUMNS }, ...{ address } }) as Commanded;
  // johnny-five leaves the cursor on, and what it has to take it off makes the text run backwards.
  lcd.command(SHOW_WITHOUT_CURSOR);
  const together = (act: () => void): Promise<void> => {
    collected = [];
    act();
    const bytes = Uint8Array.from(collected);
    collected = null;
    return bus.write(bytes);
  };
  const shine = (on: boolean): void => {
    if (on) lcd.backlight();
    else lcd.noBacklight();
  };
  return {
    write: (line, text) => together(() => lcd.cursor(line, 0).print(text)),
    light: (on) => together(() => shine(on)),
    resync: () => together(() => [...WAKE, ...WAKE].map((command) => lcd.command(command))),
    end: () => {
      shine(false);
      lcd.off();
    },
  };
}
