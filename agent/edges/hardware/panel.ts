export type LightColour = 'off' | 'green' | 'yellow' | 'red' | 'blue';
export type LightPattern = 'solid' | 'breathing' | 'blinking' | 'fast' | 'tripleFlash';

export interface Light {
  readonly colour: LightColour;
  readonly pattern: LightPattern;
  /** The same fact in a word, because colour is never the only sign. */
  readonly meaning: string;
}

export interface Lights {
  readonly system: Light;
  readonly trading: Light;
  readonly research: Light;
}

/** Whatever shows the three lights: LEDs, a strip, a terminal. */
export interface Panel {
  start(): Promise<void>;
  stop(): Promise<void>;
  show(lights: Lights): void;
}
