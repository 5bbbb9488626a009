import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { HubProcess } from '../support/hub-process.ts';
import { memoryMiB } from '../bench/child.ts';
import type { Scenario } from './matrix.ts';
import { type Ailment, answering, outage } from './outage.ts';

/** The destination answers too late, too long, or something that is no answer. */

const SOON = { timeout: '5s' } as const;
/** Eight outputs, six of them ill, take up to 342 MiB on a busy machine. */
const MEMORY_MIB_MAX = 500;

/** 64 MiB of zeros. */
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));

function writing(write: (response: ServerResponse) => void, takes: boolean): Ailment {
  return answering(() => ({ write, takes }), { settings: SOON });
}

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': '1000' }).flushHeaders();
  const timer = setInterval(() => response.write(' '), 1000);
  response.once('close', () => clearInterval(timer));
}

/** As fast as they are read. */
function endless(status: number): (response: ServerResponse) => void {
  return (response) => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    response.writeHead(status);
    const writeOn = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', writeOn);
    writeOn();
  };
}

/** Announces more than it sends, and ends. */
function tooShort(response: ServerResponse): void {
  response.socket?.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"ok":');
}

/** Sends more than it announced: the rest looks like the next answer. */
function tooLong(response: ServerResponse): void {
  response.socket?.write(
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  );
}

function explode(status: number): (response: ServerResponse) => void {
  return (response) => void response.writeHead(status, { 'content-encoding': 'gzip' }).end(bomb);
}

function examineMemory(hub: HubProcess) {
  const mib = Math.round(memoryMiB(hub.pid()).peak);
  const note = `the hub took at most ${mib} MiB, bar ${MEMORY_MIB_MAX} MiB`;
  return { note, broken: mib <= MEMORY_MIB_MAX ? [] : [`the hub took ${mib} MiB`] };
}

export const hangs: readonly Scenario[] = [
  outage(
    'no answer, or no end to it',
    {
      'never answered': answering(() => 'never', { settings: SOON }),
      'a byte a second': writing(drip, false),
      'endless answer, 200': writing(endless(200), true),
      'endless answer, 500': writing(endless(500), false),
      'Content-Length too long': writing(tooShort, false),
      'Content-Length too short': writing(tooLong, true),
      'gzip bomb, 200': writing(explode(200), true),
      'gzip bomb, 500': writing(explode(500), false),
    },
    { examine: examineMemory },
  ),
];
