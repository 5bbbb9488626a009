import { readFileSync } from 'node:fs';

/** The most memory a process ever had, from `VmHWM` (proc_pid_status(5)), in MiB. */
export function peakMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024);
}
