/** One kind of processor, and what it is called where. */
export interface Architecture {
  readonly debian: 'arm64' | 'amd64';
  readonly node: 'arm64' | 'x64';
  /** Of a Raspberry Pi. */
  readonly hasPins: boolean;
}

export const ARCHITECTURES: readonly Architecture[] = [
  { debian: 'arm64', node: 'arm64', hasPins: true },
  { debian: 'amd64', node: 'x64', hasPins: false },
];
