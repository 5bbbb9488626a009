import keysJson from './keys.json' with { type: 'json' };
import outputsJson from './outputs.json' with { type: 'json' };

/**
 * What Falcosidekick (8807ab7, 2026-08) knows: its 518 keys and its outputs. Facts taken from its
 * source, as data.
 */
export interface SidekickKey {
  readonly type: 'string' | 'bool' | 'int' | 'list' | 'map' | 'duration';
  readonly default: SidekickDefault;
  /**
   * How its variable counts. Absent: always. `yaml-only`: only where the file has the key, too.
   * `documented`: always, as its documentation says; in Falcosidekick it is `yaml-only`. `custom`:
   * always, in a syntax of its own.
   */
  readonly binding?: 'yaml-only' | 'documented' | 'custom';
}

type SidekickDefault = string | boolean | number | readonly string[] | Readonly<object>;

/** Every key, lower case, dotted. */
export const sidekickKeys: ReadonlyMap<string, SidekickKey> = new Map(
  Object.entries(keysJson) as [string, SidekickKey][],
);

/** The first words of the keys: by them a file is recognised. */
export const sidekickSections: ReadonlySet<string> = new Set(
  [...sidekickKeys.keys()].map((key) => key.split('.')[0] ?? key),
);

export interface SidekickOutput {
  /** Its id in Falcosidekick's metrics; also the `type` of our output where there is one. */
  readonly id: string;
  /** As Falcosidekick writes it. */
  readonly title: string;
  /** `slack`: what its keys begin with. */
  readonly section: string;
  /** It is on when each of these keys is set. */
  readonly enabledBy: readonly string[];
}

/**
 * Every output that gets alerts, in the order in which Falcosidekick starts them. StatsD and DogStatsD
 * get the hub's own counters.
 */
export const sidekickOutputs: readonly SidekickOutput[] = Object.entries(outputsJson).map(
  ([id, { title, enabledBy }]) => ({
    id,
    title,
    enabledBy,
    section: (enabledBy[0] ?? id).split('.').slice(0, -1).join('.'),
  }),
);

/** The variable of a key: `slack.webhookurl` is SLACK_WEBHOOKURL. */
export function variableOf(key: string): string {
  return key.toUpperCase().replaceAll('.', '_');
}
