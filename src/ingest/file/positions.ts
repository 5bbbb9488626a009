import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../normalise/members.ts';
import type { Log } from '../log.ts';
import type { FileId, StoredFile } from './mark.ts';

const NAME = 'file-inputs.json';
const VERSION = 1;
const SAVE_EVERY_MS = 1000;

/** How far an input has come. */
export interface StoredInput {
  /** When files were last looked for, in ms since 1970: those that came later are not among them. */
  readonly lookedAtMs: number;
  readonly files: readonly StoredFile[];
}

/**
 * How far the inputs have read, in the queue's directory. What it says is on disk already: after a
 * crash lines are read again, and none is left out.
 */
export class Positions {
  readonly #path: string;
  readonly #log: Log;
  readonly #inputs = new Map<string, StoredInput>();
  #saved = '';
  #saving: Promise<void> | undefined;
  #savedAtMs = Number.NEGATIVE_INFINITY;
  #isFailing = false;

  private constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** What cannot be read is set aside, and told; the inputs then begin as new ones. */
  static async load(directory: string, log: Log): Promise<Positions> {
    const path = join(directory, NAME);
    const positions = new Positions(path, log);
    try {
      const inputs = parse(await readFile(path, 'utf8'));
      for (const [name, stored] of inputs) positions.#inputs.set(name, stored);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return positions;
      log.error({ file: path, error: (error as Error).message }, DAMAGED);
      await rename(path, `${path}.damaged`).catch(() => undefined);
    }
    return positions;
  }

  /** Undefined: an input that never ran. */
  get(input: string): StoredInput | undefined {
    return this.#inputs.get(input);
  }

  /** Forgets the inputs that are no longer configured. */
  keepOnly(inputs: ReadonlySet<string>): void {
    for (const name of this.#inputs.keys()) {
      if (!inputs.has(name)) this.#inputs.delete(name);
    }
  }

  /** Takes what it is told to disk, now and then. */
  set(input: string, stored: StoredInput): void {
    this.#inputs.set(input, stored);
    if (performance.now() - this.#savedAtMs < SAVE_EVERY_MS || this.#saving !== undefined) return;
    void this.#saveNext();
  }

  /** Resolves when everything it was told is on disk, or cannot be. */
  async flush(): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    await this.#saveNext();
  }

  /** One at a time: all write to one file. */
  #saveNext(): Promise<void> {
    const saving = this.#save().finally(() => (this.#saving = undefined));
    this.#saving = saving;
    return saving;
  }

  async #save(): Promise<void> {
    this.#savedAtMs = performance.now();
    const text = textOf(this.#inputs);
    if (text === this.#saved) return;
    try {
      await replaceFile(this.#path, text);
      this.#saved = text;
      if (this.#isFailing) this.#log.info({ file: this.#path }, WORKS_AGAIN);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) {
        this.#log.error({ file: this.#path, error: (error as Error).message }, NOT_SAVED);
      }
      this.#isFailing = true;
    }
  }
}

const DAMAGED =
  'The positions in files cannot be read: they are set aside, and files are read as if never before.';
const NOT_SAVED =
  'The positions in files cannot be written: after a restart lines will be read again.';
const WORKS_AGAIN = 'The positions in files can be written again.';

/** Whole or not at all, whatever happens meanwhile. */
async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.next`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, path);
}

function textOf(inputs: ReadonlyMap<string, StoredInput>): string {
  const written = Array.from(inputs, ([name, { lookedAtMs, files }]) => [
    name,
    { lookedAtMs, files: files.map(writtenOf) },
  ]);
  const byName = Object.fromEntries(written) as Record<string, object>;
  return `${JSON.stringify({ version: VERSION, inputs: byName })}\n`;
}

function writtenOf({ path, id, source, mark }: StoredFile): object {
  const { offset, tail, isSkipping } = mark;
  return { path, id, source, offset, tail: tail.toString('base64'), isSkipping };
}

/** @throws Error for what was not written by this version. */
function parse(text: string): Map<string, StoredInput> {
  const { version, inputs } = JSON.parse(text) as { version: unknown; inputs: unknown };
  if (version !== VERSION || !isObject(inputs)) throw new Error('it is not of this version');
  return new Map(Object.entries(inputs).map(([name, input]) => [name, inputOf(input)]));
}

function inputOf(value: unknown): StoredInput {
  const { lookedAtMs, files } = value as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(lookedAtMs) || !Array.isArray(files)) {
    throw new Error('it has an input that is none');
  }
  return { lookedAtMs: lookedAtMs as number, files: (files as unknown[]).map(storedOf) };
}

function storedOf(value: unknown): StoredFile {
  const { path, id, source, offset, tail, isSkipping } = value as Readonly<Record<string, unknown>>;
  const isRight =
    typeof path === 'string' &&
    isFileId(id) &&
    isFileId(source) &&
    Number.isSafeInteger(offset) &&
    typeof tail === 'string';
  if (!isRight) throw new Error('it has an entry that is none');
  const bytes = Buffer.from(tail, 'base64');
  const mark = { offset: offset as number, tail: bytes, isSkipping: isSkipping === true };
  if (mark.offset < bytes.length) throw new Error('it has a place that is none');
  return { path, id, source, mark };
}

function isFileId(value: unknown): value is FileId {
  return isObject(value) && typeof value['dev'] === 'string' && typeof value['ino'] === 'string';
}
