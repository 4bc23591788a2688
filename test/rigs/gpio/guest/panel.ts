import { writeFileSync } from 'node:fs';
import { hardwarePanel } from '../../../../agent/compose/hardware.ts';
import { loadConfiguration } from '../../../../agent/config/load.ts';
import type { Lights } from '../../../../agent/edges/hardware/light.ts';
import type { Panel } from '../../../../agent/edges/hardware/panel.ts';
import { HostClock } from '../../../../agent/edges/system/host/clock.ts';
import { silentLog } from '../../../../agent/edges/system/log.ts';
import { snapshot } from '../../../edges/status/snapshot-fixture.ts';

const SETTINGS = '/run/panel.yaml';

/** The agent's own panel, shown what we like. */
export class ShownPanel {
  #panel: Panel | null = null;

  /** Of a configuration's `hardware`; answers what it told of its parts, with the state that the page shows. */
  async start(hardware: object): Promise<readonly string[]> {
    writeFileSync(SETTINGS, JSON.stringify({ hardware }));
    const checked = await loadConfiguration(SETTINGS);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const told: string[] = [];
    this.#panel = await hardwarePanel(checked.value.settings.hardware, {
      ...{ clock: new HostClock(), log: silentLog, onReset: () => undefined, onShutdown: () => undefined },
      onConnection: ({ name, state, detail }) => told.push(`${name} ${state}: ${detail}`),
    });
    await this.#panel?.start();
    return told;
  }

  show(lights: Lights): void {
    this.#panel?.show(snapshot({ lights }));
  }

  async stop(): Promise<void> {
    await this.#panel?.stop();
    this.#panel = null;
  }
}
