/** What the machine has left. `null` = it does not say. */
export interface Machine {
  readonly cores: number;
  readonly totalMb: number;
  availableMb(): number | null;
  /** Where the appliance keeps its data. */
  diskFreeMb(): Promise<number | null>;
}
