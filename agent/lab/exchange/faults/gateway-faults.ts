import { encodeMarketDataType } from '../../../ground/wire/market-data-messages.ts';
import type { ExchangeView } from '../exchange-view.ts';
import { badFrame } from './bad-frames.ts';
import { ClientLine } from './client-line.ts';
import { BESIDE_DATA } from './data-faults.ts';
import type { Fault, FaultSettings } from './fault.ts';
import type { WireEnds } from './line.ts';
import { Message } from './message.ts';
import { NO_DATA } from './request-faults.ts';
import type { ActiveFault, FaultChange, Switchboard } from './switchboard.ts';

const FARMS = {
  market: { lost: 2103, found: 2104, name: 'Market data farm', farm: 'usfarm' },
  history: { lost: 2105, found: 2106, name: 'HMDS data farm', farm: 'ushmds' },
  secdef: { lost: 2157, found: 2158, name: 'Sec-def data farm', farm: 'secdefil' },
} as const;
const NO_ID = -1;
const LIVE = '1';

/** The faults of the gateway as a whole: what begins and ends on all connections, and who gets in. */
export class GatewayFaults {
  readonly board: Switchboard;
  readonly #exchange: ExchangeView;
  readonly #lines = new Set<ClientLine>();
  readonly #lingering = new Set<number>();
  #stopListening: () => void = () => {};

  constructor(board: Switchboard, exchange: ExchangeView) {
    this.board = board;
    this.#exchange = exchange;
  }

  start(): void {
    this.#stopListening = this.board.onChange((change) => this.#changed(change));
  }

  stop(): void {
    this.#stopListening();
  }

  /** Whether the gateway takes connections now. */
  get isOpen(): boolean {
    return !this.board.has('restart') && this.board.get('competingSession', ({ kick }) => kick) === null;
  }

  open(ends: WireEnds): ClientLine {
    this.board.happened('connection');
    const { book, market, clock } = this.#exchange;
    const line = new ClientLine(ends, { board: this.board, book, market, clock });
    this.#lines.add(line);
    return line;
  }

  closed(line: ClientLine): void {
    if (line.clientId >= 0 && this.board.has('lingeringSession')) this.#lingering.add(line.clientId);
    this.#lines.delete(line);
    line.close();
  }

  /** Whether the gateway believes that a client which left is still there. */
  isLingering(clientId: number): boolean {
    return this.board.has('lingeringSession') && this.#lingering.has(clientId);
  }

  #changed({ kind, active }: FaultChange): void {
    if (kind === 'set') this.#began(active.fault);
    else this.#ended(active);
  }

  #began(fault: Fault): void {
    switch (fault.name) {
      case 'rst':
      case 'fin':
        this.#cutAll(fault.name);
        return;
      case 'rawBytes':
        this.#sendRaw();
        return;
      case 'error':
        this.#tellError();
        return;
      case 'dropAfterBytes':
        for (const line of this.#lines) line.count();
        return;
      case 'restart':
        for (const line of [...this.#lines]) line.end('rst');
        return;
      case 'connectivity': {
        const { code } = fault.settings;
        this.#tell(Number(code), 'Connectivity between IBKR and Trader Workstation has been lost.');
        return;
      }
      case 'farm': {
        const { lost, name, farm } = FARMS[fault.settings.farm];
        this.#tell(lost, `${name} connection is broken:${farm}`);
        return;
      }
      case 'competingSession':
        this.#compete(fault.settings.kick);
        return;
      case 'marketDataType':
        this.#changeData(fault.settings);
        return;
    }
  }

  #ended({ fault }: ActiveFault): void {
    switch (fault.name) {
      case 'freeze':
        for (const line of [...this.#lines]) line.thaw();
        return;
      case 'lingeringSession':
        this.#lingering.clear();
        return;
      case 'connectivity':
        this.#reconnected(fault.settings.restored);
        return;
      case 'marketDataType':
        this.#tellType(LIVE);
        return;
      case 'farm': {
        const { found, name, farm } = FARMS[fault.settings.farm];
        if (fault.settings.farm === 'market' && !fault.settings.resume) this.#silence();
        this.#tell(found, `${name} connection is OK:${farm}`);
        return;
      }
    }
  }

  #cutAll(how: 'rst' | 'fin'): void {
    const settings = this.board.use(how, ({ on }) => on === 0);
    if (settings === null) return;
    for (const line of this.#of(settings.client)) line.end(how);
  }

  #sendRaw(): void {
    const settings = this.board.use('rawBytes');
    if (settings === null) return;
    for (const line of this.#of(settings.client)) line.raw(badFrame(settings));
  }

  #tellError(): void {
    const settings = this.board.use('error', ({ on }) => on === 0);
    if (settings === null) return;
    for (const line of this.#lines) line.error(settings.id < 0 ? NO_ID : settings.id, settings.code, settings.text);
  }

  #reconnected(restored: '1101' | '1102'): void {
    const lost = restored === '1101';
    if (lost) for (const line of this.#lines) line.unsubscribe();
    const what = lost ? 'data lost' : 'data maintained';
    this.#tell(Number(restored), `Connectivity between IBKR and Trader Workstation has been restored - ${what}.`);
  }

  #compete(kick: boolean): void {
    for (const line of [...this.#lines]) {
      for (const id of line.subscribed.keys()) line.error(id, 10197, NO_DATA[10197] as string);
      if (kick) line.end('fin');
    }
  }

  /** Streams that run already hear of it too. */
  #changeData({ type, code }: FaultSettings['marketDataType']): void {
    this.#tellType(type);
    const text = NO_DATA[code] ?? BESIDE_DATA[code];
    if (text === undefined) return;
    for (const line of this.#lines) {
      for (const id of line.subscribed.keys()) {
        line.error(id, Number(code), text);
        if (code in NO_DATA) line.silent.add(id);
      }
    }
  }

  #tellType(type: string): void {
    for (const line of this.#lines) {
      for (const id of line.subscribed.keys()) {
        if (!line.silent.has(id)) line.put(new Message(encodeMarketDataType(id, Number(type))));
      }
    }
  }

  #silence(): void {
    for (const line of this.#lines) {
      for (const id of line.subscribed.keys()) line.silent.add(id);
    }
  }

  #tell(code: number, text: string): void {
    for (const line of this.#lines) line.error(NO_ID, code, text);
  }

  #of(client: number): readonly ClientLine[] {
    return [...this.#lines].filter((line) => client < 0 || line.clientId === client);
  }
}
