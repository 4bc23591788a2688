import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildPackages } from '../../../scripts/package.ts';
import { Container } from './container.ts';

export const GUARD = 'wheelhouse-guard.service';
export const AGENT = 'wheelhouse-agent.service';

const EXCHANGE = '/opt/exchange/usr/lib/wheelhouse';
const EXCHANGE_PORT_HEX = ':0FA2 ';

/** A box with nothing on it yet, two versions of the package, and an exchange that is there before the box is. */
export class Stage extends Container {
  readonly #packages = mkdtempSync(join(tmpdir(), 'wheelhouse-packages-'));
  /** Where they lie inside. */
  first = '';
  second = '';

  async prepare(): Promise<void> {
    await this.boot();
    this.first = await this.#package('0.1.0', 12);
    this.second = await this.#package('0.1.1', 1);
    this.put(join(import.meta.dirname, 'evaluate.ts'), '/root');
    // Lights, of which this machine has none.
    this.do('for name in system trading research fault; do mkdir -p /run/leds/wheelhouse:$name; done');
    for (const unit of [GUARD, AGENT, 'wheelhouse-fault@.service'])
      this.configure(unit, 'Environment=WHEELHOUSE_LEDS=/run/leds');
    this.do(`dpkg-deb -x ${this.second} /opt/exchange`);
    this.do(`systemd-run --quiet --unit=exchange ${EXCHANGE}/bin/node ${EXCHANGE}/app/main.js exchange --port 4002`);
    await this.until('the exchange listens', () => this.do('cat /proc/net/tcp*').includes(EXCHANGE_PORT_HEX));
  }

  async end(): Promise<void> {
    await this.stop();
    rmSync(this.#packages, { recursive: true });
  }

  async #package(version: string, compression: number): Promise<string> {
    const wanted = { architectures: ['amd64'], version, out: this.#packages, compression };
    const [built] = await buildPackages(wanted);
    return this.put(built?.file ?? '', '/root');
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

  bothRun(): Promise<void> {
    return this.until('both services run', () => this.active(GUARD) && this.active(AGENT), 60);
  }

  pidOf(unit: string): string {
    return this.show(unit, 'MainPID');
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
