/** What the guard between us and the broker says of itself. */
export interface GuardStanding {
  /**
   * unreachable  it does not answer: nothing can be ordered
   * armed        orders pass, unless `closed` says why not
   * prep         reset after a halt and not armed yet
   * tripped      halted at the wire until its own reset
   */
  readonly state: 'unreachable' | 'armed' | 'prep' | 'tripped';
  /** Why no order would pass right now, or `null`. */
  readonly closed: string | null;
  /** Who or what brought that state about. */
  readonly cause: string;
  /** Of a trip: whether the broker's side shows that nothing works any more; else `null`. */
  readonly halted: 'confirmed' | 'UNCONFIRMED' | null;
  /** After a trip: what still works, in words; `null` = not known. */
  readonly working: readonly string[] | null;
  /** Why a restart of the guard would not find its state, or `null`. */
  readonly unstored: string | null;
  /** Of the two contacts; `unknown` also while nobody tells. */
  readonly redSwitch: 'normal' | 'pressed' | 'broken' | 'shorted' | 'unknown' | 'none';
  /** What everybody must know of the red switch as long as it is so, such as that there is none; else `null`. */
  readonly switchNote: string | null;
  /** What trading goes on with after a halt. */
  readonly afterReset: 'active' | 'reducing';
}

/** The process that every order must pass, and that owns the kill switch. */
export interface Guard {
  readonly standing: GuardStanding;
  /** Resolves once it has answered, or when it is plain that it does not; it is looked for from then on. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Trips it. `null` = it has tripped; else why that is not known: then it is told as soon as it answers. */
  halt(reason: string, source: string): Promise<string | null>;
  onChange(listener: (standing: GuardStanding) => void): () => void;
}
