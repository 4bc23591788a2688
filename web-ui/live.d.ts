/** Put in front of the script by the server, which counts with the same function. */
declare function ageText(passedMs: number, stale: boolean): string;

/** What comes over the WebSocket. */
interface LiveMessage {
  /** Everything, not only what changed. */
  readonly full: boolean;
  readonly sequence: number;
  /** The market's time when it was sent, and how fast it runs. */
  readonly at: number;
  readonly speed: number;
  readonly trading: string;
  readonly title: string;
  /** Panels drawn anew, by name. */
  readonly panels: Readonly<Record<string, string>>;
}
