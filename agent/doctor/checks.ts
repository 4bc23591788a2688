import { HEADER_LABELS } from '../ground/gpio/open-lines.ts';
import type { RedSwitch } from '../ground/gpio/red-switch.ts';
import type { GuardStatus } from '../guard/status.ts';
import { lookAtBoard } from './board.ts';
import { aboutGateway, askGateway, type GatewayPlace, type GatewayWord } from './broker.ts';
import { lookAtChip } from './chip.ts';
import { lookAtClock } from './clock.ts';
import { lookAtCard, lookAtDisk } from './disk.ts';
import { type Check, failed } from './finding.ts';
import { askGuard, lookAtGuard } from './guard.ts';
import { lookAtI2c } from './i2c.ts';
import { lookAtLights } from './lights.ts';
import { lookAtWires } from './lines.ts';
import { lookAtMemory } from './memory.ts';
import { lookAtMqtt } from './mqtt.ts';
import { lookAtPackage } from './package.ts';
import { aboutPage, askPage, type PageWord } from './page.ts';
import { lookAtSwitch } from './red-switch.ts';
import { lookAtSpi } from './spi.ts';
import { lookAtStore } from './store.ts';
import type { Subject } from './subject.ts';
import { lookAtTemperature } from './temperature.ts';
import { wiresOf } from './wires.ts';

/** As docs/wiring.md draws it. */
const USUAL_WIRING = { labels: HEADER_LABELS, normallyClosed: 5, normallyOpen: 6, debounceUs: 5_000 };

/** What several checks need to know, asked once. */
interface Asked {
  readonly page: Promise<PageWord>;
  readonly guard: Promise<GuardStatus | Error | null>;
  readonly gateway: Promise<GatewayWord> | null;
}

/** Everything the doctor looks at, in the order in which it tells of it. */
export function checksOf(subject: Subject): readonly Check[] {
  const place = gatewayOf(subject);
  const { clock, page, guard } = subject;
  const asked: Asked = {
    page: askPage(page, clock),
    guard: guard.kind === 'known' ? askGuard(guard.config.control.open, clock) : Promise.resolve(null),
    gateway: place === null ? null : askGateway(place, clock),
  };
  return [...ofHardware(subject, asked), ...ofMachine(subject, asked), ...ofPrograms(subject, asked, place)];
}

function ofHardware(subject: Subject, { page, guard: guardWord }: Asked): Check[] {
  const { box, probeI2c } = subject;
  const { hardware } = subject.settings;
  const redSwitch = switchOf(subject);
  const wires = wiresOf(hardware, redSwitch);
  const status = async (): Promise<GuardStatus | null> => {
    const word = await guardWord;
    return word instanceof Error ? null : word;
  };
  const lines: Check['look'] = async () => {
    const holders = { agent: (await page).alive, guard: (await status()) !== null };
    return lookAtWires(box, wires, holders);
  };
  return [
    { name: 'Board', look: () => lookAtBoard(box) },
    { name: 'Chip', look: () => lookAtChip(box, wires) },
    { name: 'Lines', look: lines },
    { name: 'Lights', look: async () => lookAtLights(box, hardware, await page) },
    { name: 'Red switch', look: async () => lookAtSwitch(box, redSwitch, await status()) },
    { name: 'SPI', look: () => lookAtSpi(box, hardware.strip) },
    { name: 'I2C', look: () => lookAtI2c(box, hardware.display, probeI2c) },
  ];
}

function ofMachine({ box, storePath, clock, builtAt, running }: Subject, { gateway }: Asked): Check[] {
  // The exchange of a demo has a time of its own.
  const compare = gateway !== null && running?.run !== 'demo';
  const ahead = compare ? gateway.then(({ aheadMs }) => aheadMs) : Promise.resolve(null);
  return [
    { name: 'Disk', look: () => lookAtDisk(box, storePath) },
    { name: 'Card', look: () => lookAtCard(box) },
    { name: 'Clock', look: (signal) => lookAtClock(box, { clock, builtAt, ahead }, signal) },
    { name: 'Memory', look: () => lookAtMemory(box) },
    { name: 'Temperature', look: (signal) => lookAtTemperature(box, signal) },
  ];
}

function ofPrograms(subject: Subject, asked: Asked, place: GatewayPlace | null): Check[] {
  const { box, clock, storePath, running, lookIntoStore, accountRule, guard, settings, mqttPassword, version } =
    subject;
  const agent = running?.pid ?? null;
  const told = asked.page.then(({ snapshot }) => snapshot?.connections.find(({ name }) => name === 'MQTT') ?? null);
  const mqtt: Check['look'] = () => lookAtMqtt({ settings: settings.mqtt, password: mqttPassword, agent: told }, clock);
  const broker: Check['look'] = async () => {
    if (place === null || asked.gateway === null) {
      return failed('where the gateway is stands in the configuration of the guard', 'see the line Guard');
    }
    return aboutGateway(place, await asked.gateway, accountRule);
  };
  return [
    { name: 'Store', look: () => lookAtStore(box, { path: storePath, agent, word: asked.page, look: lookIntoStore }) },
    { name: 'Broker', look: broker },
    { name: 'Guard', look: async () => lookAtGuard(box, guard, await asked.guard) },
    { name: 'MQTT', look: mqtt },
    { name: 'Page', look: async () => aboutPage(subject.page, await asked.page) },
    {
      name: 'Package',
      look: (signal) => lookAtPackage(box, { own: version, running: asked.page }, signal),
    },
  ];
}

/** Of a guard that the program would start it is known before it runs. */
function switchOf({ guard, settings: { broker } }: Subject): RedSwitch | null {
  if (guard.kind === 'known') return guard.config.redSwitch;
  if (guard.kind === 'wrong' || broker.guard.socket !== null) return null;
  return { kind: broker.guard.switch, contacts: '', wiring: USUAL_WIRING };
}

/** The gateway itself, which is the guard's affair; without a guard's configuration the program would start one for it. */
function gatewayOf({ guard, settings: { broker } }: Subject): GatewayPlace | null {
  if (guard.kind === 'known') {
    const { host, port, clientId } = guard.config.gateway;
    return { host, port, taken: [clientId, broker.clientId] };
  }
  if (guard.kind === 'wrong' || broker.guard.socket !== null) return null;
  return { host: broker.host, port: broker.port, taken: [broker.clientId] };
}
