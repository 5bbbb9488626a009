import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A process under measurement, or one that serves the measurement. Killed, never asked to stop. */
export interface Child {
  readonly process: ChildProcess;
  readonly pid: number;
  /** The next message it sends that has this kind. */
  message<T extends { kind: string }>(kind: T['kind']): Promise<T>;
  /** Rejects when the process ends. */
  readonly ended: Promise<never>;
  kill(): Promise<void>;
}

/** Starts a script beside this file on this Node; what it writes to stderr is shown. */
export function startChild(
  script: string,
  args: readonly string[] = [],
  nodeArgs: readonly string[] = [],
): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, [...nodeArgs, path, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with code ${code}.`);
  });
  // Nobody need wait for it.
  ended.catch(() => undefined);
  // Whatever happens to this process, nothing is left running.
  const killNow = (): boolean => child.kill('SIGKILL');
  process.once('exit', killNow);
  return {
    process: child,
    pid: child.pid as number,
    message: (kind) => Promise.race([ended, nextMessage(child, kind)]) as Promise<never>,
    ended,
    async kill() {
      killNow();
      await ended.catch(() => undefined);
      process.off('exit', killNow);
    },
  };
}

function nextMessage(child: ChildProcess, kind: string): Promise<unknown> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown): void => {
      if ((message as { kind: string }).kind !== kind) return;
      child.off('message', onMessage);
      resolve(message);
    };
    child.on('message', onMessage);
  });
}

/** Linux counts in hundredths of a second for every program, whatever its own tick (proc(5)). */
const TICK_US = 10_000;

/** CPU time of a process so far, all threads, in us. */
export function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in front of it is in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Memory of a process in MiB: now, and the most it ever had. */
export function memoryMiB(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  return { now: read('VmRSS'), peak: read('VmHWM') };
}
