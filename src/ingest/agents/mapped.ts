import { DocumentError } from '../body.ts';
import { uuidV5 } from '../k8s-audit/uuid-v5.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { isObject } from '../normalise/members.ts';
import { textOf } from '../normalise/text.ts';
import { canonicalTime } from '../normalise/time.ts';
import type { AgentContext, JsonObject } from './agent.ts';
import { AgentDocument } from './agent-document.ts';
import { isText } from './members.ts';

/** The mapping that the path or the sender's credential has the name of. */
export function namedMapping({ mappings, pathName, sender }: AgentContext): Mapping | undefined {
  if (mappings.length === 0) return undefined;
  const { identity } = sender;
  const name = identity === undefined ? pathName : identity.slice(identity.indexOf(':') + 1);
  return mappings.find((mapping) => mapping.name === name);
}

/** The first mapping whose `match` holds for a document that is in no other format. */
export function matchingMapping(
  document: JsonObject,
  { mappings }: AgentContext,
): Mapping | undefined {
  return mappings.find((mapping) => mapping.matches(document));
}

/** The alerts that a mapping makes of a document; undefined: more than `alertsMax`. */
export function readMapped(
  mapping: Mapping,
  document: JsonObject,
  { alertsMax, quiet }: AgentContext,
): readonly unknown[] | undefined {
  const parts = mapping.split(document);
  if (parts === undefined) return [new DocumentError('not_an_alert', NO_LIST)];
  if (parts.length > alertsMax) return undefined;
  // A report that has found nothing.
  if (parts.length === 0) quiet?.add(mapping.name);
  return parts.map((part) =>
    isObject(part) ? documentOf(mapping, part) : new DocumentError('not_an_alert', NO_OBJECT),
  );
}

const NO_LIST = 'There is no list where `split` of the mapping says.';
const NO_OBJECT = 'An element of the list is no object.';

function documentOf(mapping: Mapping, part: JsonObject): AgentDocument {
  const { id, document } = mapping.read(part);
  const known = textOf(id);
  return new AgentDocument(mapping.name, {
    ...document,
    time: timeOf(document['time']),
    ...(known !== '' && { uuid: uuidV5(['mapping', mapping.name, known]) }),
  });
}

/** Some write an offset without a colon. What is no time is that of the receipt. */
function timeOf(time: unknown): string | undefined {
  if (!isText(time)) return canonicalTime(time);
  const withColon = time.trim().replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
  return canonicalTime(
    /^\d{1,19}(?:\.\d{1,9})?$/.test(withColon) ? JSON.rawJSON(withColon) : withColon,
  );
}
