import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { symbolIn } from './file-names.ts';

/** Files beside one that it cannot do without: closes for the spot, splits and dividends, the other bars of the same options. */
export function companionsOf(path: string, format: string): string[] {
  return candidates(path, format).filter((other) => other !== path && existsSync(other));
}

function candidates(path: string, format: string): string[] {
  const folder = dirname(path);
  switch (format) {
    case 'eod-trades':
    case 'eod-quotes':
    case 'public-eod':
      return ['underlying.csv.gz', 'underlying.csv'].map((name) => join(folder, name));
    case 'lean-equity':
      return ofEquity(join(folder, '..'), symbolIn(path));
    case 'lean-universe':
      return ofEquity(join(folder, '../../../../../equity/usa'), basename(folder));
    case 'lean-options': {
      const kinds = ['quote', 'trade', 'openinterest'];
      const siblings = kinds.map((kind) =>
        join(folder, basename(path).replace(/_(quote|trade|openinterest)_/, `_${kind}_`)),
      );
      return [...siblings, ...ofEquity(join(folder, '../../../equity/usa'), symbolIn(path))];
    }
    default:
      return [];
  }
}

function ofEquity(folder: string, symbol: string): string[] {
  const name = symbol.toLowerCase();
  return [`daily/${name}.zip`, `factor_files/${name}.csv`, `map_files/${name}.csv`].map((file) => join(folder, file));
}
