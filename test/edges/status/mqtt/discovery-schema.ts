import assert from 'node:assert/strict';

/** What Home Assistant accepts, written down from its published rules: it drops or refuses anything else, mostly in silence. */
const ROOT_REQUIRED = ['dev', 'o', 'cmps'];
const ROOT_OPTIONAL = [
  'availability',
  'availability_mode',
  'availability_topic',
  'availability_template',
  'payload_available',
  'payload_not_available',
  'state_topic',
  'command_topic',
  'qos',
  'encoding',
];
const COMMON = [
  'p',
  'name',
  'unique_id',
  'default_entity_id',
  'icon',
  'entity_category',
  'enabled_by_default',
  'availability',
  'json_attributes_topic',
  'json_attributes_template',
  'qos',
];
const PLATFORMS: Readonly<Record<string, { required: readonly string[]; optional: readonly string[] }>> = {
  sensor: {
    required: [],
    optional: [
      'state_topic',
      'device_class',
      'state_class',
      'unit_of_measurement',
      'options',
      'expire_after',
      'force_update',
      'suggested_display_precision',
      'last_reset_value_template',
      'value_template',
    ],
  },
  binary_sensor: {
    required: [],
    optional: [
      'state_topic',
      'device_class',
      'payload_on',
      'payload_off',
      'off_delay',
      'expire_after',
      'value_template',
    ],
  },
  button: { required: ['command_topic'], optional: ['payload_press', 'command_template', 'device_class', 'retain'] },
};
const SENSOR_CLASSES = ['monetary', 'enum', 'timestamp', 'date', 'duration', 'data_size', 'temperature'];
const BINARY_CLASSES = ['running', 'problem', 'connectivity'];

export interface Component {
  readonly p: string;
  readonly [key: string]: unknown;
}

export interface Discovery {
  readonly dev: Readonly<Record<string, unknown>>;
  readonly o: Readonly<Record<string, unknown>>;
  readonly cmps: Readonly<Record<string, Component>>;
  readonly [key: string]: unknown;
}

/** Throws on the first thing that Home Assistant would refuse, ignore or warn about. */
export function assertDiscovery(payload: Discovery): void {
  for (const key of ROOT_REQUIRED) assert.ok(key in payload, `root: ${key} is missing`);
  for (const key of Object.keys(payload)) {
    assert.ok(ROOT_REQUIRED.includes(key) || ROOT_OPTIONAL.includes(key), `root: unknown key ${key}`);
  }
  assert.ok(!('availability' in payload && 'availability_topic' in payload), 'root: two forms of availability');
  assert.equal(typeof payload.o.name, 'string');
  assert.equal(typeof payload.dev.name, 'string');
  assert.ok(Array.isArray(payload.dev.identifiers) && payload.dev.identifiers.length > 0);
  const ids = Object.entries(payload.cmps).map(([key, component]) => {
    assert.match(key, /^[a-zA-Z0-9_-]+$/);
    assertComponent(key, component, payload);
    return component.unique_id;
  });
  assert.equal(new Set(ids).size, ids.length, 'unique_id is used twice');
  assert.ok(Buffer.byteLength(JSON.stringify(payload)) < 64 * 1024);
}

function assertComponent(key: string, component: Component, root: Discovery): void {
  const platform = PLATFORMS[component.p];
  assert.ok(platform, `${key}: unknown platform ${component.p}`);
  for (const name of platform.required) assert.ok(name in component, `${key}: ${name} is missing`);
  for (const name of Object.keys(component)) {
    assert.ok([...COMMON, ...platform.required, ...platform.optional].includes(name), `${key}: unknown key ${name}`);
  }
  assert.equal(typeof component.unique_id, 'string', `${key}: unique_id is missing`);
  assert.match(String(component.unique_id), /^[a-zA-Z0-9_-]+$/, `${key}: unique_id`);
  assert.match(String(component.default_entity_id), new RegExp(`^${component.p}\\.[a-z0-9_]+$`), `${key}: entity id`);
  assert.equal(typeof component.name, 'string');
  assert.ok(!String(component.name).startsWith(String(root.dev.name)), `${key}: its name repeats the device's`);
  if (component.p !== 'button')
    assert.ok('state_topic' in component || 'state_topic' in root, `${key}: no state topic`);
  if (component.p === 'sensor') assertSensor(key, component);
  if (component.p === 'binary_sensor') {
    assert.ok(BINARY_CLASSES.includes(String(component.device_class)), `${key}: ${component.device_class}`);
  }
  if (component.p !== 'button' && component.entity_category !== undefined) {
    assert.equal(component.entity_category, 'diagnostic', `${key}: "config" keeps a sensor from being added`);
  }
}

function assertSensor(key: string, sensor: Component): void {
  const { device_class: kind, state_class: statistics, unit_of_measurement: unit, options } = sensor;
  if (kind !== undefined) assert.ok(SENSOR_CLASSES.includes(String(kind)), `${key}: unknown class ${kind}`);
  if (kind === 'monetary') {
    assert.match(String(unit), /^[A-Z]{3}$/, `${key}: the unit of money is a currency code`);
    assert.ok(statistics === undefined || statistics === 'total', `${key}: money is "total" or nothing`);
  }
  if (kind === 'enum' || kind === 'timestamp') {
    assert.ok(unit === undefined && statistics === undefined, `${key}: ${kind} takes neither unit nor statistics`);
  }
  assert.equal(options !== undefined, kind === 'enum', `${key}: options belong to enum, and enum needs them`);
  if (sensor.last_reset_value_template !== undefined) assert.equal(statistics, 'total', `${key}: last reset`);
  assert.ok('value_template' in sensor, `${key}: reads nothing`);
}
