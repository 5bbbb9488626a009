import { JsonError, parseLossless } from '../../json.ts';
import { isObject, readMembers } from '../normalise/members.ts';
import { senderUuid } from '../normalise/uuid.ts';
import type { JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { isText } from './members.ts';

/** Formats that carry the documents of other formats: CloudEvents, OTLP logs, syslog. */

/**
 * What an envelope says about the alerts in it: `too_many` of them, or `unknown` for what is no
 * document of any format.
 */
export type ContentReading = readonly unknown[] | 'too_many' | 'unknown';

/** Reads what is in an envelope as if it had come alone. An envelope within an envelope is unknown. */
export type ReadContent = (content: unknown) => ContentReading;

/** Objects of a custom resource are nested deep. */
const DEPTH_MAX = 64;

/** A text that is a JSON object is one; anything else stays what it is. */
export function contentOf(content: unknown): unknown {
  if (!isText(content) || !/^\s*\{/.test(content)) return content;
  try {
    const parsed = parseLossless(content, { depthMax: DEPTH_MAX });
    return isObject(parsed) ? parsed : content;
  } catch (error) {
    if (error instanceof JsonError) return content;
    throw error;
  }
}

/** What the envelope knows, where the alert itself does not say so. */
export function withDefaults(alert: unknown, defaults: JsonObject): unknown {
  if (!(alert instanceof AgentDocument)) return alert;
  const { agent, document, notes } = alert;
  const own: JsonObject = readMembers(document);
  const missing = Object.entries(defaults).filter(([name]) =>
    name === 'uuid' ? senderUuid(own['uuid']) === undefined : (own[name] ?? '') === '',
  );
  return new AgentDocument(agent, { ...document, ...Object.fromEntries(missing) }, notes);
}
