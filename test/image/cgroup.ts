import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Limits {
  readonly memoryMiB: number;
  /** Part of one core. */
  readonly cores: number;
}

/** A group of processes with limits, as a container has them. */
export interface ControlGroup {
  /** Files into which a process writes its id to belong to the group. */
  readonly members: readonly string[];
  /** `cgroup v1` or `cgroup v2`. */
  readonly kind: string;
  /** From now on the group may have all cores. */
  readonly liftCpuLimit: () => void;
  /** Once none of its processes is left. */
  readonly remove: () => void;
}

const ROOT = '/sys/fs/cgroup';
const PERIOD_US = 100_000;

/** Undefined where this process may not make one. */
export function createControlGroup(limits: Limits): ControlGroup | undefined {
  const name = `tocsin-test-${process.pid}-${Date.now()}`;
  const bytes = String(limits.memoryMiB * 1024 * 1024);
  const quotaUs = Math.round(limits.cores * PERIOD_US);
  try {
    return existsSync(join(ROOT, 'cgroup.controllers'))
      ? createV2(join(ROOT, name), bytes, quotaUs)
      : createV1(name, bytes, quotaUs);
  } catch {
    return undefined;
  }
}

function createV2(directory: string, bytes: string, quotaUs: number): ControlGroup {
  const cpu = join(directory, 'cpu.max');
  const settings = { 'memory.max': bytes, 'cpu.max': `${quotaUs} ${PERIOD_US}` };
  return {
    kind: 'cgroup v2',
    members: [group(directory, settings)],
    liftCpuLimit: () => writeFileSync(cpu, 'max'),
    remove: () => rmdirSync(directory),
  };
}

function createV1(name: string, bytes: string, quotaUs: number): ControlGroup {
  const memory = join(ROOT, 'memory', name);
  const cpu = join(ROOT, 'cpu', name);
  const quota = { 'cpu.cfs_period_us': String(PERIOD_US), 'cpu.cfs_quota_us': String(quotaUs) };
  return {
    kind: 'cgroup v1',
    members: [group(memory, { 'memory.limit_in_bytes': bytes }), group(cpu, quota)],
    liftCpuLimit: () => writeFileSync(join(cpu, 'cpu.cfs_quota_us'), '-1'),
    remove: () => [memory, cpu].forEach((directory) => rmdirSync(directory)),
  };
}

function group(directory: string, settings: Readonly<Record<string, string>>): string {
  mkdirSync(directory);
  for (const [file, value] of Object.entries(settings)) {
    writeFileSync(join(directory, file), value);
  }
  return join(directory, 'cgroup.procs');
}
