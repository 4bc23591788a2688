/** One thing that is wrong with a configuration, with the place where a person can mend it. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `strategy.putWrite.minDelta`; empty for the file as a whole. */
  readonly key: string;
  readonly text: string;
}

/** `wheelhouse.yaml:3:5  strategy.putWrite.minDelto  is not a setting; nearest is "minDelta"` */
export function problemLine({ file, line, column, key, text }: Problem): string {
  return `${file}:${line}:${column}  ${key === '' ? '' : `${key}  `}${text}`;
}
