/** One kind of processor, and what it is called where. */
export interface Architecture {
  readonly debian: 'arm64' | 'amd64';
  readonly node: 'arm64' | 'x64';
}

export const ARCHITECTURES: readonly Architecture[] = [
  { debian: 'arm64', node: 'arm64' },
  { debian: 'amd64', node: 'x64' },
];
