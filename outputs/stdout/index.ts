import type { Writable } from 'node:stream';
import { Type } from 'typebox';
import { type Connection, defineOutput, type SingleResult } from '../../src/output/define.ts';
import { oneAtATime } from '../../src/output/one-at-a-time.ts';
import { settingsSchema } from '../../src/output/settings.ts';
import { stateful } from '../../src/output/stateful.ts';
import { lines } from './payload.ts';

export default defineOutput({
  id: 'stdout',
  title: 'Standard output',
  category: 'local',
  summary: 'Prints every alert as one line, for `docker logs`, `kubectl logs` and pipes.',
  schema: settingsSchema({
    format: Type.Union([Type.Literal('json'), Type.Literal('text')], {
      description: 'json: the alert as one line of JSON. text: a line for people.',
      default: 'json',
    }),
  }),
  example: { format: 'json' },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  acknowledged: false,
  open: ({ settings }) => Promise.resolve(openStream(process.stdout, settings.format)),
});

/**
 * Writes to a stream that is the process's own: it is never ended. A write counts when the kernel has
 * taken it, so a pipe that is full holds the lane back, and nothing else.
 */
export function openStream(stream: Writable, format: 'json' | 'text'): Connection {
  const coloured = hasColours(stream);
  const inTurn = oneAtATime();
  ignoreErrorEvents(stream);
  return stateful(async (deliveries, signal) => {
    try {
      await inTurn(signal, () => write(stream, lines(format, deliveries, coloured)));
      return { outcome: 'delivered' };
    } catch (error) {
      return failure(error, signal);
    }
  });
}

function hasColours(stream: Writable): boolean {
  if (!('isTTY' in stream) || stream.isTTY !== true) return false;
  return (stream as typeof process.stdout).hasColors();
}

/** The write's callback tells of every error; without a listener the same error would end the hub. */
function ignoreErrorEvents(stream: Writable): void {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
}

function ignore(): void {}

async function write(stream: Writable, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  stream.write(text, (error) => (error ? reject(error) : resolve()));
  await promise;
}

function failure(error: unknown, signal: AbortSignal): SingleResult {
  if (signal.aborted) {
    return { outcome: 'retry', reason: 'timeout', detail: 'nobody reads standard output' };
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const reason = DISK_CODES.has(code) ? 'server' : 'network';
  return { outcome: 'retry', reason, detail: `writing to standard output failed: ${code}` };
}

/** Standard output sent into a file, on a disk that is full or broken. */
const DISK_CODES: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']);
