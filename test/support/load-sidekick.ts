import assert from 'node:assert/strict';
import { loadConfig } from '../../config/load.ts';

/** What becomes of a Falcosidekick file with one output. */
export interface Migrated {
  /** Undefined where it is off. */
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  readonly common: Readonly<Record<string, unknown>>;
  /** Why it is off, one line a mistake. */
  readonly misconfigured: readonly string[];
  readonly warnings: readonly string[];
  readonly differences: readonly string[];
}

/** Loads a file with these sections, as Falcosidekick reads it. */
export async function loadSidekick(sections: object): Promise<Migrated> {
  const text = JSON.stringify(sections);
  const loaded = await loadConfig({ text, env: {}, flags: {}, baseDirectory: '/' });
  assert.ok(loaded.ok);
  const [output] = loaded.outputs;
  return {
    settings: output?.settings,
    common: { ...output?.common },
    misconfigured: loaded.misconfigured.flatMap(({ problems }) =>
      problems.map(({ message }) => message),
    ),
    warnings: loaded.warnings.map(({ message }) => message),
    differences: loaded.differences,
  };
}
