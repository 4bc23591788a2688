import type { Screen } from './text-pages.ts';

/** Where somebody has turned to. */
export interface Place {
  readonly page: Screen['page'];
  /** Of the screens of that page, from 0. */
  readonly part: number;
}

/** Which of the screens is shown there; where there is no such page any more, home. `null` = nobody has turned. */
export function screenIndex(screens: readonly Screen[], place: Place | null, home: Screen['page']): number {
  const of = (page: Screen['page']): number => screens.findIndex((screen) => screen.page === page);
  const first = place === null ? -1 : of(place.page);
  if (place === null || first < 0) return Math.max(0, of(home));
  const parts = screens.filter(({ page }) => page === place.page).length;
  return first + Math.min(place.part, parts - 1);
}

/** So many screens further, round and round. */
export function placeAt(screens: readonly Screen[], index: number): Place | null {
  const at = ((index % screens.length) + screens.length) % screens.length;
  const screen = screens[at];
  if (screen === undefined) return null;
  return { page: screen.page, part: at - screens.findIndex(({ page }) => page === screen.page) };
}
