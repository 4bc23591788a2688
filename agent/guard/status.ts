import type { Guard } from './guard.ts';

/** What the guard tells on its control sockets. */
export type GuardStatus = ReturnType<Guard['status']>;
