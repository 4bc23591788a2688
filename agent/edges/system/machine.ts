/** What the machine has left. `null` = it does not say. */
export interface Machine {
  readonly cores: number;
  readonly totalMb: number;
  availableMb(): number | null;
  /** Where the appliance keeps its data. */
  diskFreeMb(): Promise<number | null>;
  /** Bytes that a process has given to the disk since it began; this one, unless another one is named. */
  writtenBytes(pid?: number): number | null;
  /** Returns the memory that large work has left behind. Takes some hundredths of a second; without effect where it is not allowed to. */
  giveBack(): void;
}
