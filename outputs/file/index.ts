import { isAbsolute } from 'node:path';
import {
  type Connection,
  defineOutput,
  type FailureReason,
  type SingleResult,
} from '../../src/output/define.ts';
import { logFile } from '../../src/output/log-file/log-file.ts';
import { oneAtATime } from '../../src/output/one-at-a-time.ts';
import { appendedLines } from './payload.ts';
import { type FileSettings, schema } from './settings.ts';

export default defineOutput({
  id: 'file',
  title: 'File',
  category: 'local',
  summary: 'Appends every alert to a file as one line of JSON, and rotates the file.',
  schema,
  example: { path: '/var/log/tocsin/alerts.ndjson', rotate: { bytesMax: '100MiB', keep: 10 } },
  batch: { alertsMax: 500, bytesMax: 1024 * 1024, waitMs: 0 },
  concurrency: 1,
  validate: ({ path }) =>
    isAbsolute(path) && !path.endsWith('/')
      ? []
      : [{ path: 'path', message: 'must begin with / and name a file' }],
  open: ({ settings }) => Promise.resolve(openFile(settings)),
});

function openFile(settings: FileSettings): Connection {
  const file = logFile(settings);
  const inTurn = oneAtATime();
  return {
    async send(deliveries, { signal }) {
      try {
        await inTurn(signal, () => file.append(appendedLines(deliveries, settings.format)));
        return { outcome: 'delivered' };
      } catch (error) {
        return failure(error, settings.path, signal);
      }
    },
    close: () => inTurn(AbortSignal.timeout(CLOSE_MS), () => file.close()),
  };
}

/** A disk that hangs must not keep the hub from stopping. */
const CLOSE_MS = 5000;

function failure(error: unknown, path: string, signal: AbortSignal): SingleResult {
  if (signal.aborted) {
    return {
      outcome: 'retry',
      reason: 'timeout',
      detail: `the disk under ${path} does not answer`,
    };
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  const { reason, hint } = FAILURES[code] ?? { reason: 'server', hint: 'see the system log' };
  return { outcome: 'retry', reason, detail: `cannot write ${path}: ${code}, ${hint}` };
}

/** Nothing here is about an alert: whatever fails, the alerts wait until the disk is mended. */
const FAILURES: Readonly<Record<string, { reason: FailureReason; hint: string }>> = {
  ENOSPC: { reason: 'server', hint: 'the disk is full' },
  EDQUOT: { reason: 'server', hint: 'the quota is used up' },
  EROFS: { reason: 'server', hint: 'the file system is read-only' },
  EIO: { reason: 'server', hint: 'the disk is failing' },
  EACCES: { reason: 'auth', hint: 'the hub may not write there' },
  EPERM: { reason: 'auth', hint: 'the hub may not write there' },
  ELOOP: { reason: 'client', hint: 'it is a symbolic link' },
  ENOENT: { reason: 'client', hint: 'its directory is not there' },
  ENOTDIR: { reason: 'client', hint: 'part of the path is a file' },
  EISDIR: { reason: 'client', hint: 'it is a directory' },
  EINVAL: { reason: 'client', hint: 'it is not a regular file' },
  ENXIO: { reason: 'client', hint: 'it is not a regular file' },
};
