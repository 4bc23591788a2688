import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contradictions } from '../../agent/config/contradictions.ts';
import { checkDocument } from '../../agent/config/document.ts';
import { SETTINGS } from '../../agent/config/schema.ts';

/** Problems as `key text`, of the file alone and of its settings together. */
function problemsOf(text: string, more = ''): string[] {
  const { value, problems } = checkDocument({ file: 'test', text: `hardware:\n${text}\n${more}` }, SETTINGS);
  const together = value === null ? [] : contradictions(value);
  return [...problems, ...together].map(({ key, text: why }) => `${key} ${why}`);
}

test('a light is one LED, or three, by number or by name', () => {
  assert.deepEqual(problemsOf('  lights: { system: [17, 27, 22], trading: ["wheelhouse:trading"], research: [] }'), []);
  assert.match(
    problemsOf('  lights: { system: [17, 27] }')[0] ?? '',
    /^hardware.lights.system must name one LED, or red/,
  );
  assert.match(
    problemsOf('  lights: { system: [64] }')[0] ?? '',
    /^hardware.lights.system.0 must be the number of a GPIO line, from 0 to 63/,
  );
  assert.match(
    problemsOf('  lights: { system: ["../brightness"] }')[0] ?? '',
    /^hardware.lights.system.0 must be the number of a GPIO line, or/,
  );
});

test('a line is wired once', () => {
  assert.deepEqual(problemsOf('  lights: { system: [17, 27, 22], research: [27] }'), [
    'hardware.lights.research.0 must not be 27, which hardware.lights.system.1 has already',
  ]);
  assert.deepEqual(problemsOf('  lights: { system: [4] }\n  button: { line: 4 }'), [
    'hardware.lights.system.0 must not be 4, which hardware.button.line has already',
  ]);
});

test('lines of the red switch, of the strip and of the display are not given to anything else', () => {
  assert.deepEqual(problemsOf('  button: { line: 5 }'), []);
  const service = 'broker: { guard: { socket: /run/x.sock } }';
  assert.deepEqual(problemsOf('  button: { line: 5 }\n  lights: { system: [6] }', service), [
    'hardware.button.line must not be 5, which the red switch has already',
    'hardware.lights.system.0 must not be 6, which the red switch has already',
  ]);
  assert.deepEqual(problemsOf('  button: { line: 6 }', 'broker: { guard: { switch: gpio } }'), [
    'hardware.button.line must not be 6, which the red switch has already',
  ]);
  assert.deepEqual(problemsOf('  chip: ft232h\n  button: { line: 5 }', service), []);
  assert.deepEqual(problemsOf('  strip: { kind: apa102 }\n  lights: { system: [10] }'), [
    'hardware.lights.system.0 must not be 10, which the bus of hardware.strip has already',
  ]);
  assert.deepEqual(problemsOf('  strip: { kind: ws2812-pio, device: /dev/leds0 }\n  lights: { system: [10] }'), []);
  assert.deepEqual(problemsOf('  display: { kind: lcd, encoder: [2, 26] }'), [
    'hardware.display.encoder.0 must not be 2, which the bus of hardware.display has already',
  ]);
});

test('a display has an address that its expander can have, and two lines for its knob that nothing else has', () => {
  assert.deepEqual(problemsOf('  display: { kind: lcd, address: 0x3f, encoder: [16, 26] }'), []);
  assert.match(
    problemsOf('  display: { address: 0x28 }')[0] ?? '',
    /^hardware.display.address must be an address from/,
  );
  assert.match(problemsOf('  display: { encoder: [16] }')[0] ?? '', /^hardware.display.encoder must name two lines/);
  assert.deepEqual(problemsOf('  display: { encoder: [4, 26] }\n  button: { line: 4 }'), [
    'hardware.display.encoder.0 must not be 4, which hardware.button.line has already',
  ]);
});

test('strip and night say what they take', () => {
  assert.match(problemsOf('  strip: { kind: ws2811 }')[0] ?? '', /^hardware.strip.kind must be/);
  assert.match(
    problemsOf('  strip: { leds: 1 }')[0] ?? '',
    /^hardware.strip.leds must be a whole number from 2 to 300/,
  );
  assert.match(problemsOf('  lights: { nightFrom: "25:00" }')[0] ?? '', /must be a time from "00:00" to "23:59"/);
});
