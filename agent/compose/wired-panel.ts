import type { Settings } from '../config/schema.ts';
import type { Panel } from '../edges/hardware/panel.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';
import type { HardwareParts } from './hardware.ts';

/** Lights, button, strip and display by configuration; what drives them is read only where something is wired. */
export function wiredPanel(settings: Settings['hardware'], parts: HardwareParts): Panel | null {
  const { lights, button, strip, display } = settings;
  const nothing = [lights.system, lights.trading, lights.research].every((wires) => wires.length === 0);
  if (nothing && button.line === null && strip.kind === 'none' && display.kind === 'none') return null;
  let panel: Panel | null = null;
  let newest: StatusSnapshot | null = null;
  let starting = Promise.resolve();
  const begin = async (): Promise<void> => {
    const { hardwarePanel } = await import('./hardware.ts');
    const runtimeFolder = process.env.RUNTIME_DIRECTORY ?? null;
    const made = await hardwarePanel(settings, { ...parts, runtimeFolder });
    await made?.start();
    panel = made;
    if (newest !== null) made?.show(newest);
  };
  return {
    // Trading does not wait for its lights, and goes on without them.
    start: async () => {
      starting = begin().catch((error: unknown) =>
        parts.log.error({ error: String(error) }, 'the panel did not start'),
      );
    },
    stop: async () => {
      await starting;
      await panel?.stop();
    },
    show: (snapshot) => {
      newest = snapshot;
      panel?.show(snapshot);
    },
  };
}
