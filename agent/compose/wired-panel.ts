import type { Settings } from '../config/schema.ts';
import type { Panel } from '../edges/hardware/panel.ts';
import type { HardwareParts } from './hardware.ts';

/** Lights, button, strip and display by configuration; what drives them is read only where something is wired. */
export function wiredPanel(settings: Settings['hardware'], parts: HardwareParts): Panel | null {
  const { lights, button, strip, display } = settings;
  const nothing = [lights.system, lights.trading, lights.research].every((wires) => wires.length === 0);
  if (nothing && button.line === null && strip.kind === 'none' && display.kind === 'none') return null;
  let panel: Panel | null = null;
  return {
    start: async () => {
      const { hardwarePanel } = await import('./hardware.ts');
      panel = await hardwarePanel(settings, { ...parts, runtimeFolder: process.env.RUNTIME_DIRECTORY ?? null });
      await panel?.start();
    },
    stop: async () => panel?.stop(),
    show: (snapshot) => panel?.show(snapshot),
  };
}
