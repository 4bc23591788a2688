/** One LED, or one colour of one. */
export interface Output {
  /** False = only on and off. */
  readonly levelled: boolean;
  /** 0 to 255. Never throws: trouble is told where the outputs were opened. */
  write(value: number): void;
}

export interface Outputs {
  /** As many as were asked for; `null` where one cannot be had. */
  readonly all: readonly (Output | null)[];
  /** Sentences for a person. */
  readonly troubles: readonly string[];
  /** Dark, then given back. */
  close(): Promise<void>;
}

/** A number is a line of the GPIO chip, a text the name of an LED of the kernel. */
export type Channel = number | string;
