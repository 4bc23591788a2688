import * as v from 'valibot';
import { number, TIME, text, whole } from './fields.ts';

const LINE = 'the number of a GPIO line, or the name of an LED in /sys/class/leds';

const NUMBER = 'must be the number of a GPIO line, from 0 to 63';

const lineNumber = v.pipe(v.number(NUMBER), v.integer(NUMBER), v.minValue(0, NUMBER), v.maxValue(63, NUMBER));

const channel = v.union(
  [lineNumber, v.pipe(v.string(), v.regex(/^[A-Za-z0-9_:.-]{1,63}$/, `must be ${LINE}`))],
  `must be ${LINE}`,
);

const light = (why: string) =>
  v.optional(
    v.pipe(
      v.array(channel),
      v.check(
        ({ length }) => [0, 1, 3].includes(length),
        'must name one LED, or red, green and blue of one, or nothing',
      ),
      v.description(why),
    ),
    [],
  );

const time = (value: string, why: string) =>
  v.optional(
    v.pipe(
      v.string('must be a time in quotes, like "22:00"'),
      v.regex(TIME, 'must be a time from "00:00" to "23:59"'),
      v.description(why),
    ),
    value,
  );

const lights = v.strictObject({
  system: light(`one LED, or red, green and blue of one; each ${LINE}`),
  trading: light('the same'),
  research: light('the same'),
  commonAnode: v.optional(v.pipe(v.boolean(), v.description('a line that is low lights its LED')), false),
  brightness: v.optional(number(0.01, 1, 'of everything that lights, as the eye takes it'), 1),
  nightFrom: time('22:00', 'from then on everything is dimmed; the same as nightUntil = never'),
  nightUntil: time('07:00', 'end of the night'),
  nightBrightness: v.optional(number(0, 1, 'at night'), 0.2),
});

const strip = v.strictObject({
  kind: v.optional(
    v.pipe(
      v.picklist(['none', 'apa102', 'ws2812', 'ws2812-pio']),
      v.description('apa102 also for SK9822; ws2812-pio = the driver of a Raspberry Pi 5'),
    ),
    'none',
  ),
  device: v.optional(text('/dev/leds0 for ws2812-pio'), '/dev/spidev0.0'),
  leds: v.optional(whole(2, 300, 'in the row'), 8),
  maxMilliamps: v.optional(whole(20, 20_000, 'that the supply has for them'), 500),
  fullBarFraction: v.optional(number(0.0001, 1, 'profit or loss of a day, of the equity, that fills the bar'), 0.01),
});

const ADDRESS = 'must be an address from 0x20 to 0x27 (PCF8574) or from 0x38 to 0x3f (PCF8574A)';

const display = v.strictObject({
  kind: v.optional(
    v.pipe(v.picklist(['none', 'lcd']), v.description('lcd = 20×4 characters (HD44780) behind a PCF8574 on I2C')),
    'none',
  ),
  device: v.optional(text('the bus'), '/dev/i2c-1'),
  address: v.optional(
    v.pipe(
      v.number(ADDRESS),
      v.integer(ADDRESS),
      v.check((at) => (at >= 0x20 && at <= 0x27) || (at >= 0x38 && at <= 0x3f), ADDRESS),
      v.description('39 is 0x27, as most are; 0x3f is the other usual one'),
    ),
    0x27,
  ),
  encoder: v.optional(
    v.pipe(
      v.array(lineNumber),
      v.check(({ length }) => length === 0 || length === 2, 'must name two lines, or nothing'),
      v.description('GPIO lines of the knob that turns the pages; without one the mode button turns them'),
    ),
    [],
  ),
});

/** What is wired to the box. Nothing is, unless it is named; what is named and not there is told, and the rest runs. */
export const hardware = v.strictObject({
  chip: v.optional(text('label of the GPIO chip; auto = that of a Raspberry Pi'), 'auto'),
  lights: v.optional(lights, {}),
  button: v.optional(
    v.strictObject({
      line: v.optional(
        v.nullable(
          v.pipe(lineNumber, v.description('GPIO line of the mode button, which connects it to ground; null = none')),
        ),
        null,
      ),
      neededToResume: v.optional(
        v.pipe(
          v.boolean(),
          v.description('after a halt RESUME is taken only within a minute of holding it for 3 seconds'),
        ),
        true,
      ),
    }),
    {},
  ),
  strip: v.optional(strip, {}),
  display: v.optional(display, {}),
});
