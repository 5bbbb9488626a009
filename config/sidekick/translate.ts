import type { Environment } from '../read/references.ts';
import { type Draft, newDraft, type SidekickRemark } from './draft.ts';
import { translateCounters } from './counters.ts';
import { translateHub } from './hub.ts';
import { sidekickKeys } from './keys.ts';
import { type OffOutputs, translateOutputs } from './outputs.ts';
import { resolveSidekick, setVariable, type SidekickSettings } from './resolve.ts';

/** A Falcosidekick configuration in the native form. */
export interface Translation extends OffOutputs {
  readonly value: Readonly<Record<string, unknown>>;
  /** Which of Falcosidekick's keys each native path (`pathId`) was written from. */
  readonly keys: ReadonlyMap<string, string>;
  readonly settings: SidekickSettings;
  readonly warnings: readonly SidekickRemark[];
}

/**
 * Translates leniently, because a change of image must not stop anybody's alerts: what Falcosidekick
 * overlooked becomes a warning, and a mistake in one output concerns that output only.
 */
export async function translateSidekick(input: {
  readonly yaml: unknown;
  readonly env: Environment;
}): Promise<Translation> {
  const settings = resolveSidekick(input);
  const draft = newDraft(settings);
  translateHub(draft);
  translateCounters(draft);
  const notRunning = await translateOutputs(draft);
  const warnings = [...generalWarnings(draft), ...draft.warnings];
  return { value: draft.raw, keys: draft.keys, settings, warnings, ...notRunning };
}

/** Whether somebody set a variable that only Falcosidekick would read; DEBUG is everybody's. */
export function hasSidekickVariables(env: Environment): boolean {
  return [...sidekickKeys].some(
    ([key, { binding }]) =>
      key !== 'debug' &&
      binding !== 'yaml-only' &&
      binding !== 'documented' &&
      setVariable(key, env) !== undefined,
  );
}

/** Unknown keys, and mistakes of the hub's own keys: those of an output count only where it is on. */
function generalWarnings({ settings }: Draft): readonly SidekickRemark[] {
  return settings.mistakes.filter(
    ({ code, key }) =>
      code === 'sidekick_unknown_key' || HUB_SECTIONS.has(key.split('.')[0] ?? key),
  );
}

const HUB_SECTIONS: ReadonlySet<string> = new Set([
  'bracketreplacer',
  'customfields',
  'customtags',
  'debug',
  'dogstatsd',
  'listenaddress',
  'listenport',
  'mutualtlsclient',
  'mutualtlsfilespath',
  'outputfieldformat',
  'prometheus',
  'statsd',
  'templatedfields',
  'tlsclient',
  'tlsserver',
]);
