import type { Clock } from '../edges/system/clock.ts';
import { ClientConnection } from '../ground/wire/client-connection.ts';
import { ASK } from '../ground/wire/client-requests.ts';
import { REPLY } from '../ground/wire/message-ids.ts';
import { type Finding, failed, ok, warning } from './finding.ts';
import { ANSWER_MS, afterPatience } from './patience.ts';

export interface GatewayPlace {
  readonly host: string;
  readonly port: number;
  /** Ids that others have there, and that must be left to them. */
  readonly taken: readonly number[];
}

/** What a gateway has said within the time. */
export interface GatewayWord {
  readonly reached: boolean;
  readonly version: number | null;
  /** It has a login, and serves questions. */
  readonly ready: boolean;
  readonly accounts: readonly string[];
  /** Its clock less ours. */
  readonly aheadMs: number | null;
  readonly trouble: string | null;
}

/** Of the doctor alone. It asks what time it is, and nothing else: no order can leave here. */
const CLIENT_ID = 949;
const CLIENT_ID_TAKEN = '326';
const EXCHANGE_LOST = ['1100', '2110'];
/** The gateway tells whole seconds. */
const HALF_A_SECOND_MS = 500;

/** Calls the gateway itself, as a client of its own: the guard has one place for the agent, and the agent may be in it. */
export function askGateway(place: GatewayPlace, clock: Pick<Clock, 'now' | 'after'>): Promise<GatewayWord> {
  return new Promise((resolve) => {
    let word: GatewayWord = NOTHING;
    const end = (changes: Partial<GatewayWord> = {}): void => {
      timer.cancel();
      connection.close();
      resolve({ ...word, ...changes });
    };
    const timer = afterPatience(clock, ANSWER_MS, () => end());
    const connection = new ClientConnection(place, {
      heard: () => {
        word = { ...word, reached: true };
      },
      greeted: (version) => {
        word = { ...word, version };
        connection.write(ASK.start(freeId(place.taken)));
      },
      message: (id, fields) => {
        word = after(word, id, fields);
        if (id === REPLY.nextValidId) connection.write(ASK.time);
        if (id === REPLY.currentTime) {
          end({ aheadMs: Number(fields[2]) * 1_000 + HALF_A_SECOND_MS - clock.now() });
        } else if (id === REPLY.error && fields[3] === CLIENT_ID_TAKEN) end();
      },
      lost: (reason) => end({ trouble: word.trouble ?? reason }),
    });
  });
}

const NOTHING: GatewayWord = {
  ...{ reached: false, version: null, ready: false, accounts: [], aheadMs: null, trouble: null },
};

function after(word: GatewayWord, id: number, fields: readonly string[]): GatewayWord {
  if (id === REPLY.nextValidId) return { ...word, ready: true };
  if (id === REPLY.managedAccounts) return { ...word, accounts: (fields[2] ?? '').split(',').filter(Boolean) };
  const [, , , code = '', text = ''] = fields;
  if (id === REPLY.error && [CLIENT_ID_TAKEN, ...EXCHANGE_LOST].includes(code)) {
    return { ...word, trouble: `${code} ${text}` };
  }
  return word;
}

function freeId(taken: readonly number[]): number {
  let id = CLIENT_ID;
  while (taken.includes(id)) id += 1;
  return id;
}

/** Why none of the accounts may be traded, or `null`. */
export type AccountRule = (accounts: readonly string[]) => string | null;

export function aboutGateway({ host, port }: GatewayPlace, word: GatewayWord, rule: AccountRule): Finding {
  const at = `${host}:${port}`;
  const { reached, version, ready, trouble, accounts } = word;
  if (!reached) {
    const mend = `start TWS or IB Gateway and log in; its API must be switched on, for port ${port} (Configure, API, Settings)`;
    return failed(`no gateway at ${at}: ${trouble ?? 'nothing answers'}`, mend);
  }
  if (version === null) {
    const mend = `see what listens there: sudo ss -ltnp 'sport = :${port}'`;
    return failed(`${at} answers, but not as TWS or IB Gateway does${trouble === null ? '' : `: ${trouble}`}`, mend);
  }
  if (trouble?.startsWith(CLIENT_ID_TAKEN)) return ok(`${at} greets; another program has the doctor's client id there`);
  if (trouble !== null) return warning(`${at} greets, but: ${trouble}`, 'wait: it comes back by itself');
  if (!ready) {
    return failed(
      `${at} greets, but serves nothing: it waits for its login`,
      'log in; on Sundays, confirm it on your phone',
    );
  }
  const refusal = rule(accounts);
  if (refusal !== null) {
    const mend = 'log in with the user that broker.account and broker.mode mean, or mend these two';
    return failed(`${at} answers, but ${refusal}`, mend);
  }
  return ok(`${at} answers, version ${version}`);
}
