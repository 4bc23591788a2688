import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tradingOptions } from '../../agent/compose/from-settings.ts';
import { Shows } from '../../agent/compose/shows.ts';
import { PROGRAM_CLIENT, Simulation } from '../../agent/compose/simulation.ts';
import { composeTrading, type Trading } from '../../agent/compose/trading.ts';
import { checkDocument } from '../../agent/config/document.ts';
import { SETTINGS } from '../../agent/config/schema.ts';
import { instantInNewYork } from '../../agent/core/calendar/new-york.ts';
import { money } from '../../agent/core/market/money.ts';
import { IbBroker } from '../../agent/edges/broker/ib/ib-broker.ts';
import { GpioPanel } from '../../agent/edges/hardware/gpio/gpio-panel.ts';
import type { Panel } from '../../agent/edges/hardware/panel.ts';
import { MemoryStore } from '../../agent/edges/store/memory/memory-store.ts';
import { HostClock } from '../../agent/edges/system/host/clock.ts';
import { silentLog } from '../../agent/edges/system/log.ts';
import { SyntheticMarket } from '../../agent/lab/exchange/synthetic-market.ts';
import { LightPort } from './light-port.ts';

const LOOPBACK = '127.0.0.1';
const LED = 'wheelhouse:trading';
const SYMBOLS = ['SPY', 'TSLA', 'QQQ', 'IWM', 'AAPL', 'MSFT', 'NVDA', 'AMD', 'META', 'AMZN'];
const RED = 1n;

/** The whole trading part with page and lights, against a simulated exchange; its lights are lines and an LED of the kernel. */
export class LightsStand {
  readonly #port = new LightPort();
  readonly #leds = mkdtempSync(join(tmpdir(), 'wheelhouse-leds-'));
  readonly #clock: HostClock;
  readonly #speed: number;
  #trading: Trading | null = null;
  #stops: readonly (() => Promise<void>)[] = [];
  #onShown: () => void = () => undefined;

  constructor(time: string, speed: number) {
    const market = instantInNewYork('2026-03-20', time);
    this.#speed = speed;
    this.#clock = new HostClock({ speed, anchor: { real: new HostClock().now(), market } });
  }

  async start(): Promise<void> {
    const [clock, log] = [this.#clock, silentLog];
    const market = new SyntheticMarket({ seed: 7 });
    const simulation = new Simulation({ market, clock, cash: money(1_000_000), bookPath: null, log });
    await simulation.start();
    const store = new MemoryStore();
    await store.start();
    const timeouts = { requestTimeoutMs: 10_000 * this.#speed, connectTimeoutMs: 10_000 * this.#speed };
    const broker = new IbBroker({
      ...{ host: LOOPBACK, port: simulation.port, clientId: PROGRAM_CLIENT, account: null, clock, log, ...timeouts },
      ...{ messagesPerSecond: 40, heartbeatMs: 10_000 * this.#speed, heartbeatTimeoutMs: 10_000 * this.#speed },
    });
    const trading = composeTrading(tradingOptions(settings(), { run: 'demo', speed: this.#speed }), {
      ...{ clock, store, broker, marketData: broker, log, guard: null, host: null, connections: () => [] },
    });
    this.#trading = trading;
    await trading.load();
    const { board, controls, inquiries } = trading;
    const page = { host: LOOPBACK, port: 0, token: 'bench', hostNames: [] };
    const shows = new Shows(
      { page, mqtt: null, panel: this.#panel() },
      { board, controls, inquiries, clock: new HostClock(), log, onConnection: () => undefined },
    );
    await shows.start();
    this.#stops = [() => trading.stop(), () => shows.stop(), () => simulation.stop(), () => store.stop()];
    simulation.run();
    await trading.connect();
    await trading.begin();
  }

  /** Milliseconds from the call that halts until all lights are written. */
  async halt(): Promise<number> {
    const began = performance.now();
    const red = new Promise<number>((resolve) => {
      this.#onShown = () => this.#isRed() && resolve(performance.now() - began);
    });
    const [took] = await Promise.all([red, this.#trading?.controls.halt('bench', 'bench')]);
    this.#onShown = () => undefined;
    await this.#trading?.controls.resume('bench');
    return took;
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
    rmSync(this.#leds, { recursive: true });
  }

  #isRed(): boolean {
    return (this.#port.levels & 0b111n) === RED && this.#lit();
  }

  /** What the kernel would take is the last line of what was written. */
  #lit(): boolean {
    return readFileSync(join(this.#leds, LED, 'brightness'), 'latin1')
      .trim()
      .endsWith('1');
  }

  #panel(): Panel {
    const folder = join(this.#leds, LED);
    mkdirSync(folder);
    for (const [name, text] of [
      ['max_brightness', '1'],
      ['trigger', '[none]'],
      ['brightness', '0'],
    ] as const) {
      writeFileSync(join(folder, name), text);
    }
    const panel = new GpioPanel({
      lights: { system: [17, 27, 22], trading: [LED], research: [] },
      ...{ commonAnode: false, button: null, labels: this.#port.labels, kernelLeds: this.#leds },
      dimming: { brightness: 1, nightFrom: 0, nightUntil: 0, nightBrightness: 1 },
      clock: new HostClock(),
      openPort: async () => this.#port,
      ...{ onState: () => undefined, onReset: () => undefined, onShutdown: () => undefined },
    });
    return {
      start: () => panel.start(),
      stop: () => panel.stop(),
      show: (snapshot) => {
        panel.show(snapshot);
        this.#onShown();
      },
    };
  }
}

function settings(): Parameters<typeof tradingOptions>[0] {
  const { value } = checkDocument({ file: 'bench', text: `symbols: [${SYMBOLS.join(', ')}]\n` }, SETTINGS);
  if (value === null) throw new Error('the settings of the benchmark are wrong');
  return value;
}
