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
