import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildPackages } from '../../../scripts/package.ts';
import type { Suite } from '../debian-root.ts';
import { Container } from './container.ts';

export const GUARD = 'wheelhouse-guard.service';
export const AGENT = 'wheelhouse-agent.service';

/** Programs, and the Debian packages that bring them. */
export const CONTAINER_NEEDS = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  dtc: 'device-tree-compiler',
  nsenter: 'util-linux',
};

const EXCHANGE = '/opt/second/usr/lib/wheelhouse';
const EXCHANGE_PORT_HEX = ':0FA2 ';

/** A box with nothing on it yet, two versions of the package, and an exchange that is there before the box is. */
export class Stage extends Container {
  readonly #packages = mkdtempSync(join(tmpdir(), 'wheelhouse-packages-'));
  /** Where they lie inside. */
  first = '';
  second = '';

  async prepare(suite: Suite): Promise<void> {
    await this.boot(suite);
    const wanted = { architectures: ['amd64'], version: '0.1.0', out: this.#packages, compression: 12 };
    const [built] = await buildPackages(wanted);
    this.first = this.put(built?.file ?? '', '/root');
    this.second = '/root/wheelhouse_0.1.1_amd64.deb';
    this.do(
      `dpkg-deb -R ${this.first} /opt/second && sed -i 's/^Version: .*/Version: 0.1.1/' /opt/second/DEBIAN/control`,
    );
    this.do(`dpkg-deb -Zzstd -z1 -b /opt/second ${this.second}`);
    this.put(join(import.meta.dirname, 'evaluate.ts'), '/root');
    // Lights, of which this machine has none.
    this.do('for name in system trading research fault; do mkdir -p /run/leds/wheelhouse:$name; done');
    for (const unit of [GUARD, AGENT, 'wheelhouse-fault@.service'])
      this.configure(unit, 'Environment=WHEELHOUSE_LEDS=/run/leds');
    this.do(`systemd-run --quiet --unit=exchange ${EXCHANGE}/bin/node ${EXCHANGE}/app/main.js exchange --port 4002`);
    await this.until('the exchange listens', () => this.do('cat /proc/net/tcp*').includes(EXCHANGE_PORT_HEX));
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#packages, { recursive: true });
  }

  configure(unit: string, setting: string): void {
    const folder = `/etc/systemd/system/${unit}.d`;
    const file = `${folder}/${basename(setting.split('=')[0] ?? '')}.conf`;
    this.do(`mkdir -p ${folder} && printf '[Service]\\n%s\\n' '${setting}' > ${file} && systemctl daemon-reload`);
  }

  /** However often it has been started before. */
  restart(unit: string): void {
    this.do(`systemctl reset-failed ${unit}; systemctl restart ${unit}`);
  }

  active(unit: string): boolean {
    return this.show(unit, 'ActiveState') === 'active';
  }

  /** It runs, in another process than before. */
  isBack(unit: string, before: string): boolean {
    const pid = this.show(unit, 'MainPID');
    return pid !== '0' && pid !== before && this.active(unit);
  }

  bothRun(): Promise<void> {
    return this.until('both services run', () => this.active(GUARD) && this.active(AGENT), 60);
  }

  /** Throws where there is none: 0 would mean ourselves to whoever sends a signal. */
  pidOf(unit: string): string {
    const pid = this.show(unit, 'MainPID');
    assert.notEqual(pid, '0', `${unit} does not run`);
    return pid;
  }

  /** As the kernel, the overlay and the rules of the package make them, where `/run/leds` is only a folder. */
  kernelLights(): void {
    const leds = '/sys/devices/platform/wheelhouse-leds/leds';
    this.do('mount -t tmpfs none /sys/devices/platform && mount -t tmpfs none /sys/class && mkdir /sys/class/leds');
    for (const name of ['system', 'trading', 'research', 'fault']) {
      const led = `${leds}/wheelhouse:${name}`;
      this.do(`mkdir -p ${led} && cd ${led} && echo 1 > max_brightness && echo '[none] timer' > trigger`);
      this.do(`cd ${led} && echo 0 > brightness && chgrp gpio brightness trigger && chmod g+w brightness trigger`);
      this.do(`ln -s ${led} /sys/class/leds/`);
    }
  }

  light(name: string): string {
    return this.do(`cat /run/leds/wheelhouse:${name}/brightness`);
  }

  /** What the program of a unit itself says to a line of JavaScript. */
  evaluate(unit: string, expression: string): string {
    const { code, out, err } = this.run(`${EXCHANGE}/bin/node`, '/root/evaluate.ts', this.pidOf(unit), expression);
    assert.equal(code, 0, err);
    return out.trim();
  }

  /** What comes of it when the program of a unit reads a folder. */
  reading(unit: string, path: string): string {
    return this.evaluate(unit, `process.getBuiltinModule('fs').readdirSync('${path}').length`);
  }

  writing(unit: string, path: string): string {
    return this.evaluate(unit, `process.getBuiltinModule('fs').writeFileSync('${path}', 'x'), 'written'`);
  }
}
