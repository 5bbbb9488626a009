import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Context } from './context.ts';
import { CliError } from './exit.ts';

/** Alerts as they stand in files. */

/** A file, or stdin where there is no name or `-`. */
export async function* readChunks(
  { deps }: Context,
  file: string | undefined,
): AsyncGenerator<Buffer> {
  const isStdin = file === undefined || file === '-';
  const stream: Readable = isStdin ? deps.stdin : createReadStream(file);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer | string>) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(`cannot read ${isStdin ? 'stdin' : file}: ${REASONS[code ?? ''] ?? code}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'part of the path is a file',
  EISDIR: 'it is a directory',
  EACCES: 'you may not read it',
};

/** All of it, up to a bound. */
export async function concatenate(
  chunks: AsyncIterable<Buffer>,
  bytesMax: number,
): Promise<Buffer> {
  const taken: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    taken.push(chunk);
  }
  return Buffer.concat(taken);
}

function tooLarge(bytesMax: number): CliError {
  const size = `${bytesMax / 1024 / 1024} MiB`;
  return new CliError(`the input has more than ${size}: write it as one alert a line (NDJSON)`);
}
