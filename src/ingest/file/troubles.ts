import type { Log } from '../log.ts';
import { FILES_MAX } from './places.ts';

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file yet',
  EACCES: 'the hub may not read it: give its user or group the right to',
  EPERM: 'the hub may not read it: give its user or group the right to',
  EISDIR: 'it is a directory: name the files in it, as in /var/log/falco/*.log',
  ENOTDIR: 'part of the path is a file',
  EMFILE: 'the process has too many files open: raise its limit',
  ENFILE: 'the machine has too many files open',
};

/** What is wrong with files, told once when it begins and once when it is over. */
export class Troubles {
  readonly #input: string;
  readonly #log: Log;
  /** Codes by path. */
  readonly #codes = new Map<string, string>();
  #isCut = false;

  constructor(input: string, log: Log) {
    this.#input = input;
    this.#log = log;
  }

  /** Files that cannot be read now. */
  count(): number {
    return this.#codes.size;
  }

  tell(file: string, code: string): void {
    if (this.#codes.get(file) === code) return;
    this.#codes.set(file, code);
    const hint = HINTS[code] ?? 'see the system log';
    const fields = { input: this.#input, file, code, hint };
    this.#log.warn(fields, 'A file cannot be read; it is tried again and again.');
  }

  over(file: string): void {
    if (!this.#codes.delete(file)) return;
    this.#log.info({ input: this.#input, file }, 'The file can be read now.');
  }

  /** Forgets files that are not wanted any more. */
  keepOnly(files: readonly string[]): void {
    const wanted = new Set(files);
    for (const file of this.#codes.keys()) if (!wanted.has(file)) this.#codes.delete(file);
  }

  tellCut(isCut: boolean): void {
    if (isCut && !this.#isCut) {
      const fields = { input: this.#input, filesMax: FILES_MAX };
      this.#log.error(fields, 'More files match than an input may have: the others are not read.');
    }
    this.#isCut = isCut;
  }
}
