import { randomBytes } from 'node:crypto';
import { brokerAddress } from './broker-address.ts';

export interface Greeting {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
  /** Gives up. */
  readonly signal: AbortSignal;
}

export type GreetingAnswer =
  | { readonly ok: true }
  /** `refused` = it answered, and does not want us. */
  | { readonly ok: false; readonly refused: boolean; readonly reason: string };

/** What 3.1.1 and 5 call a name or password that is wrong, and somebody who may not. */
const UNWANTED = [4, 5, 134, 135];

/** One connection that says nothing, hears nothing and leaves nothing behind, without a will. */
export async function greetBroker({ url, username, password, signal }: Greeting): Promise<GreetingAnswer> {
  const {
    default: { connect },
  } = await import('mqtt');
  const client = connect({
    ...brokerAddress(url),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    clientId: `wheelhouse-doctor-${randomBytes(4).toString('hex')}`,
    // Understood by every broker.
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
  });
  try {
    return await new Promise<GreetingAnswer>((resolve) => {
      const lost = (reason: string, code?: unknown): void =>
        resolve({ ok: false, refused: UNWANTED.includes(code as number), reason });
      client.on('connect', () => resolve({ ok: true }));
      client.on('error', (error: Error & { code?: unknown; errors?: readonly Error[] }) =>
        lost(error.message || error.errors?.[0]?.message || error.name, error.code),
      );
      client.on('close', () => lost('no answer'));
      signal.addEventListener('abort', () => lost('no answer'));
    });
  } finally {
    client.end(true);
  }
}
