import type { Panel } from '../edges/hardware/panel.ts';
import type { StatusSnapshot } from '../edges/status/snapshot.ts';

/** Several panels that show the same. */
export function together(panels: readonly Panel[]): Panel {
  return {
    start: async () => {
      await Promise.all(panels.map((panel) => panel.start()));
    },
    stop: async () => {
      await Promise.all(panels.map((panel) => panel.stop()));
    },
    show: (snapshot: StatusSnapshot) => {
      for (const panel of panels) panel.show(snapshot);
    },
  };
}
