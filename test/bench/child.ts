import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

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

/** How a script is run, where not in the plainest way. */
export interface ChildOptions {
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  /** In addition to this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Whatever happens to this process, nothing is left running. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Starts a script on this Node; what it writes to stderr is shown.
 *
 * @param script Beside this file, or an absolute path.
 */
export function startChild(
  script: string,
  { args = [], nodeArgs = [], environment = {} }: ChildOptions = {},
): Child {
  const path = resolve(import.meta.dirname, script);
  const child = spawn(process.execPath, [...nodeArgs, path, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...environment },
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ended with code ${code}.`);
  });
  // Nobody need wait for it.
  ended.catch(() => undefined);
  running.add(child);
  return {
    process: child,
    pid: child.pid as number,
    message: (kind) => Promise.race([ended, nextMessage(child, kind)]) as Promise<never>,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
      running.delete(child);
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

/**
 * CPU time of a process so far, in us: of all the threads it has now, and none of those under
 * measurement ends one. By the scheduler's own count, in ns (proc_pid_schedstat in the kernel's
 * sched-stats.rst); where it keeps none, by /proc/PID/stat, which counts hundredths of a second.
 */
export function cpuUs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, id) => {
      const text = readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8');
      return sum + Number(text.split(' ')[0]) / 1000;
    }, 0);
  } catch {
    return ticksUs(pid);
  }
}

/** Linux counts in hundredths of a second for every program, whatever its own tick (proc(5)). */
const TICK_US = 10_000;

function ticksUs(pid: number): number {
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

const MB_PER_MIB = 1.048576;

/** The same in MB, in which the targets are. */
export function memoryMb(pid: number): { now: number; peak: number } {
  const { now, peak } = memoryMiB(pid);
  return { now: now * MB_PER_MIB, peak: peak * MB_PER_MIB };
}
