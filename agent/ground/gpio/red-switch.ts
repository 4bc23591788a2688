import { FileSwitch } from './file-switch.ts';
import { openKernelPort } from './kernel-port.ts';
import type { SwitchWiring } from './kernel-switch.ts';
import { NoSwitch } from './no-switch.ts';
import { SocketSwitch } from './socket-switch.ts';
import type { KillSwitch } from './switch.ts';
import { type SwitchTime, WiredSwitch } from './wired-switch.ts';

export interface RedSwitch {
  readonly kind: 'gpio' | 'file' | 'socket' | 'none';
  /** Of a stand-in. */
  readonly contacts: string;
  readonly wiring: SwitchWiring;
}

/** The switch as it is configured, once it can be read, or it is plain that it cannot. */
export async function openRedSwitch({ kind, contacts, wiring }: RedSwitch, time: SwitchTime): Promise<KillSwitch> {
  switch (kind) {
    case 'none':
      return new NoSwitch();
    case 'file':
      return new FileSwitch(contacts);
    case 'socket': {
      const socket = new SocketSwitch(contacts);
      await socket.ready();
      return socket;
    }
    case 'gpio': {
      const wired = new WiredSwitch({ wiring, port: () => openKernelPort(), time });
      await wired.open();
      return wired;
    }
  }
}
