import { GUARDS, MODES, OPERATING_MODES, PHASES, SWITCH } from './payload.ts';
import type { Topics } from './topics.ts';

export interface DiscoveryOptions {
  readonly node: string;
  readonly topics: Topics;
  readonly version: string;
  /** Where the page can be reached from the owner's home, or `null`. */
  readonly pageUrl: string | null;
}

type Component = Readonly<Record<string, unknown>>;

/**
 * One payload for the whole device. Home Assistant refuses all of it for one unknown key at the root or one component without
 * `unique_id`, and drops unknown keys inside a component without a word; the tests know the lists.
 */
export function discoveryPayload(options: DiscoveryOptions): string {
  const { node, topics, version, pageUrl } = options;
  const components = {
    ...money(topics),
    ...state(topics),
    ...diagnostics(topics),
    ...signs(),
    ...buttons(topics),
    ...scheduleButtons(topics),
  };
  const cmps = Object.fromEntries(
    Object.entries(components).map(([key, component]) => [key, { ...identity(node, key, component), ...component }]),
  );
  return JSON.stringify({
    dev: {
      identifiers: [`wheelhouse_${node}`],
      name: 'Wheelhouse',
      manufacturer: 'Wheelhouse',
      model: 'Trading appliance',
      sw_version: version,
      ...(pageUrl === null ? {} : { configuration_url: pageUrl }),
    },
    o: { name: 'Wheelhouse', sw_version: version },
    availability: [{ topic: topics.availability }],
    state_topic: topics.state,
    cmps,
  });
}

/** Entity ids are chosen once, at first registration; both kinds of id stay as they are for ever. */
function identity(node: string, key: string, component: Component): Component {
  return {
    unique_id: `wheelhouse_${node}_${key}`,
    default_entity_id: `${component.p}.wheelhouse_${node.toLowerCase().replaceAll('-', '_')}_${key}`,
  };
}

/** Balances take no state class: Home Assistant allows only `total` for money, which they are not. */
function money(topics: Topics): Record<string, Component> {
  const dollars = { p: 'sensor', device_class: 'monetary', unit_of_measurement: 'USD', suggested_display_precision: 2 };
  const count = { p: 'sensor', state_class: 'measurement' };
  return {
    equity: { ...dollars, name: 'Equity', value_template: '{{ value_json.equity }}' },
    pnl_day: {
      ...dollars,
      name: 'P&L today',
      state_class: 'total',
      value_template: '{{ value_json.pnl_day }}',
      last_reset_value_template: '{{ value_json.day_start }}',
    },
    pnl_open: { ...dollars, name: 'P&L open', value_template: '{{ value_json.pnl_open }}' },
    pnl_real: { ...dollars, name: 'P&L realised', value_template: '{{ value_json.pnl_real }}' },
    pos: {
      ...count,
      name: 'Positions',
      icon: 'mdi:briefcase-outline',
      value_template: '{{ value_json.positions }}',
      json_attributes_topic: topics.positions,
    },
    orders: {
      ...count,
      name: 'Working orders',
      icon: 'mdi:swap-horizontal',
      value_template: '{{ value_json.orders }}',
    },
  };
}

function state(topics: Topics): Record<string, Component> {
  const word = { p: 'sensor', device_class: 'enum' };
  return {
    mode: { ...word, name: 'Mode', options: MODES, value_template: '{{ value_json.mode }}' },
    operating: {
      ...word,
      name: 'Operating mode',
      options: OPERATING_MODES,
      value_template: '{{ value_json.operating }}',
    },
    market: { ...word, name: 'Market phase', options: PHASES, value_template: '{{ value_json.market }}' },
    guard: { ...word, name: 'Guard', options: GUARDS, value_template: '{{ value_json.guard }}' },
    red_switch: {
      ...{ ...word, name: 'Red switch', icon: 'mdi:electric-switch', options: SWITCH },
      value_template: '{{ value_json.red_switch }}',
      json_attributes_topic: topics.state,
      json_attributes_template: '{{ {"note": value_json.red_switch_note} | tojson }}',
    },
    next: {
      p: 'sensor',
      device_class: 'timestamp',
      name: 'Next task',
      value_template: '{{ value_json.next_at }}',
      json_attributes_topic: topics.state,
      json_attributes_template: '{{ {"title": value_json.next_title} | tojson }}',
    },
  };
}

function diagnostics(topics: Topics): Record<string, Component> {
  const diagnostic = { p: 'sensor', entity_category: 'diagnostic' };
  const time = { ...diagnostic, device_class: 'timestamp' };
  return {
    last_tick: { ...time, name: 'Last market data', value_template: '{{ value_json.last_data }}' },
    started: { ...time, name: 'Started', value_template: '{{ value_json.started }}' },
    reason: {
      ...diagnostic,
      name: 'Reason of trading state',
      icon: 'mdi:text',
      value_template: '{{ value_json.reason }}',
    },
    guard_detail: {
      ...diagnostic,
      name: 'Guard says',
      icon: 'mdi:text',
      value_template: '{{ value_json.guard_detail }}',
    },
    breakers: {
      ...{ ...diagnostic, name: 'Held back by', icon: 'mdi:electric-switch', state_class: 'measurement' },
      value_template: '{{ value_json.breakers }}',
      json_attributes_topic: topics.state,
      json_attributes_template: '{{ {"held_back": value_json.held_back} | tojson }}',
    },
    not_working: {
      ...{ ...diagnostic, name: 'Not working', icon: 'mdi:alert-circle-outline', state_class: 'measurement' },
      value_template: '{{ value_json.not_working | length }}',
      json_attributes_topic: topics.state,
      json_attributes_template: '{{ {"what": value_json.not_working} | tojson }}',
    },
    written: {
      ...{ ...diagnostic, name: 'Written to the card today', device_class: 'data_size', unit_of_measurement: 'MB' },
      ...{ state_class: 'total_increasing', value_template: '{{ value_json.written }}' },
    },
    version: {
      ...diagnostic,
      name: 'Version',
      icon: 'mdi:tag-outline',
      state_topic: topics.info,
      value_template: '{{ value_json.version }}',
    },
  };
}

function signs(): Record<string, Component> {
  const sign = { p: 'binary_sensor' };
  const diagnostic = { ...sign, entity_category: 'diagnostic' };
  return {
    trading: { ...sign, name: 'Trading', device_class: 'running', value_template: '{{ value_json.trading }}' },
    problem: { ...sign, name: 'Problem', device_class: 'problem', value_template: '{{ value_json.problem }}' },
    link: {
      ...diagnostic,
      name: 'Broker connection',
      device_class: 'connectivity',
      value_template: '{{ value_json.link }}',
    },
    guard_problem: {
      ...diagnostic,
      name: 'Guard lets no order pass',
      device_class: 'problem',
      value_template: '{{ value_json.guard_problem }}',
    },
    stale: {
      ...diagnostic,
      name: 'Market data stale',
      device_class: 'problem',
      value_template: '{{ value_json.stale }}',
    },
  };
}

/** Of the schedule only what lets less happen. */
function scheduleButtons({ command }: Topics): Record<string, Component> {
  const button = { p: 'button', entity_category: 'config', qos: 1 };
  return {
    pause: { ...button, name: 'Pause schedule', icon: 'mdi:pause', command_topic: `${command}pause` },
    skip: { ...button, name: 'Skip current task', icon: 'mdi:skip-next', command_topic: `${command}skip` },
    stop_research: {
      ...button,
      name: 'Stop research',
      icon: 'mdi:flask-empty-off-outline',
      command_topic: `${command}stop-research`,
    },
  };
}

/** The press carries no time: a halt must work even where the clock of one of the two machines is wrong. */
function buttons({ command }: Topics): Record<string, Component> {
  return {
    halt: { p: 'button', name: 'Halt', icon: 'mdi:hand-back-left', command_topic: `${command}halt`, qos: 1 },
  };
}
