import type { Sender } from '../admission.ts';
import type { Detector } from '../k8s-audit/detector.ts';
import type { QuietEvents } from './quiet.ts';
import type { Mapping } from '../mapping/mapping.ts';
import type { ReadContent } from './envelope.ts';
import type { OtlpSettings } from './otlp.ts';
import type { TetragonSettings } from './tetragon.ts';

/** What the configuration says about formats. */
export interface AgentSettings {
  /** What finds alerts in audit events. */
  readonly detector: Detector;
  readonly tetragon: TetragonSettings;
  readonly otlp: OtlpSettings;
  /** Asked in this order. */
  readonly mappings: readonly Mapping[];
}

/** What an agent's format is read with. */
export interface AgentContext extends AgentSettings {
  readonly sender: Sender;
  /** When the hub took the body in, in ms since 1970. */
  readonly nowMs: number;
  /** Items one body may hold, and alerts it may become. */
  readonly alertsMax: number;
  /** The last part of `/in/<name>`. */
  readonly pathName?: string | undefined;
  /** The cluster that the path names; undefined where it names none. */
  readonly cluster?: string | undefined;
  /** Set where the document stood in another one, such as a log record: then anybody may have written it. */
  readonly isEnveloped?: true;
  /** Where events that are no alert are told; undefined where nobody counts them. */
  readonly quiet?: Pick<QuietEvents, 'add'> | undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** A format other than Falco's. One row of the table in `table.ts` for each. */
export interface Agent {
  /** As which the alert's provenance names it. */
  readonly agent: string;
  /** Whether a document has the shape of this format and of no other. */
  recognises(document: JsonObject): boolean;
  /**
   * The alerts in a document that it recognises: `AgentDocument`s, and `DocumentError`s for what in
   * it is none; nothing at all is right, too. An event that is no alert is told to `quiet` instead.
   * Undefined: it holds more than `alertsMax` items.
   * `readContent` is for what carries documents of other formats.
   */
  read(
    document: JsonObject,
    context: AgentContext,
    readContent: ReadContent,
  ): readonly unknown[] | undefined;
}
