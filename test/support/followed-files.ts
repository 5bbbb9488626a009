import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { FileInputSettings } from '../../src/ingest/file/settings.ts';
import { AuditRoom } from '../../src/ingest/auditd/room.ts';
import { type FileInputs, FileInputsDoor } from '../../src/ingest/file/inputs.ts';
import { type SensorName, sensorOf } from '../../src/ingest/sensors/sensors.ts';
import { AGENTS } from './agent-settings.ts';
import { eventually } from './eventually.ts';
import { type MemoryAdmission, memoryAdmission } from './memory-admission.ts';
import { atEnd, temporaryDirectory } from './queue-directory.ts';

/** Inputs that follow files before an admission that keeps everything in memory. */
export interface FollowedFiles {
  /** Where the files are. */
  readonly directory: string;
  readonly logged: { readonly fields: object; readonly text: string }[];
  readonly faults: Error[];
  /** Of which sensors events came in that are no alerts. */
  readonly quiet: SensorName[];
  admission(): MemoryAdmission;
  /** Starts the inputs, as a hub does with this configuration. */
  start(inputs: FileInputs): Promise<void>;
  reload(inputs: FileInputs): Promise<void>;
  stop(): Promise<void>;
  /** Reading waits, as when the queue is full. */
  setFull(isFull: boolean): void;
  /** What was stored since the start of the test, in order. */
  rules(): string[];
  /** Resolves when so many alerts are stored. */
  stored(count: number): Promise<void>;
  /** The positions as they are on disk. */
  positions(): string;
  /** The series of a metric, in the text format. */
  metric(name: string): Promise<string>;
}

export const FILE_SETTINGS: FileInputSettings = {
  paths: [],
  format: 'auto',
  start: 'beginning',
  lineBytesMax: 64 * 1024,
};

const QUICK = { lookMs: 5, findMs: 20, movedMs: 500 };

export function followFiles(t: TestContext, movedMs = QUICK.movedMs): FollowedFiles {
  const top = temporaryDirectory(t);
  const directory = join(top, 'logs');
  const queue = join(top, 'queue');
  mkdirSync(directory);
  mkdirSync(queue);
  const seen = {
    logged: [] as FollowedFiles['logged'],
    faults: [] as Error[],
    quiet: [] as SensorName[],
  };
  const log = (fields: object, text: string) => void seen.logged.push({ fields, text });
  const admission = memoryAdmission();
  let isFull = false;
  let door: FileInputsDoor | undefined;
  const files: FollowedFiles = {
    ...seen,
    directory,
    admission: () => admission,
    async start(inputs) {
      door = await FileInputsDoor.open({
        admission: admission.admitter,
        directory: queue,
        isFull: () => Promise.resolve(isFull),
        agents: () => ({
          ...AGENTS,
          auditd: { priorities: { modules: 'critical' } },
        }),
        onQuiet: (agent, host, sender) => void seen.quiet.push(sensorOf(sender, agent, host)),
        auditRoom: new AuditRoom(),
        metrics: admission.metrics,
        log: { info: log, warn: log, error: log },
        onFatal: (error) => void seen.faults.push(error),
        pace: { ...QUICK, movedMs },
      });
      await door.apply(inputs);
    },
    reload: async (inputs) => door?.apply(inputs),
    stop: async () => door?.close(),
    setFull: (value) => void (isFull = value),
    rules: () => admission.stored.map(({ rule }) => rule),
    stored: (count) =>
      eventually(`${count} alerts are stored`, () => admission.stored.length >= count),
    metric: (name) => admission.metrics.registry.getSingleMetricAsString(name),
    positions: () => readFileSync(join(queue, 'file-inputs.json'), 'utf8'),
  };
  atEnd(t, () => files.stop());
  return files;
}

/** Lines of Falco's JSON without a uuid, with the rules `R from` and those that follow. */
export function falcoLines(count: number, from = 1): string {
  return Array.from({ length: count }, (_, at) => `${falcoLine(`R ${from + at}`)}\n`).join('');
}

export function falcoLine(rule: string): string {
  const time = '2026-08-11T00:04:09.137331079Z';
  const fields = { 'evt.num': 1 };
  return JSON.stringify({
    hostname: 'h',
    output: rule,
    output_fields: fields,
    priority: 'Error',
    rule,
    source: 'syscall',
    time,
  });
}

/** `R from`, and those that follow. */
export function rulesOf(count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, at) => `R ${from + at}`);
}

/** Inputs, a file and the input that follows it. */
export function prepare(
  t: TestContext,
  settings: Partial<FileInputSettings> = {},
  movedMs?: number,
) {
  const files = followFiles(t, movedMs);
  const path = join(files.directory, 'falco.log');
  const inputs = { falco: { ...FILE_SETTINGS, paths: [path], ...settings } };
  return { ...files, path, inputs };
}

/** Likewise, when three alerts of the file are stored. */
export async function followThree(t: TestContext) {
  const files = prepare(t);
  writeFileSync(files.path, falcoLines(3));
  await files.start(files.inputs);
  await files.stored(3);
  return files;
}
