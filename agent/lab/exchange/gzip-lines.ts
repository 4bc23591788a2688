import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const NEW_LINE = 10;

/**
 * Hands over the lines of a gzip file without their ends, chunk by chunk: a whole file is never in memory. Pushed, not
 * pulled, so that every line before the place where a file breaks off is read before the error comes.
 */
export async function readGzipLines(file: string, take: (lines: readonly string[]) => void): Promise<void> {
  let rest = '';
  const lines = new Writable({
    write(chunk: Buffer, _encoding, done) {
      const whole: string[] = [];
      let start = 0;
      for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
        whole.push(rest + chunk.toString('latin1', start, end));
        rest = '';
        start = end + 1;
      }
      rest += chunk.toString('latin1', start);
      attempt(() => take(whole), done);
    },
    final: (done) => attempt(() => rest !== '' && take([rest]), done),
  });
  await pipeline(createReadStream(file), createGunzip(), lines);
}

function attempt(work: () => void, done: (error?: Error) => void): void {
  try {
    work();
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
}
