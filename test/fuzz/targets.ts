import type { Lifetime } from '../support/hub-process.ts';
import { agents } from './targets/agents.ts';
import { answers } from './targets/answers.ts';
import { configurations } from './targets/configuration.ts';
import { credentials } from './targets/credentials.ts';
import { documents } from './targets/documents.ts';
import { doors } from './targets/doors.ts';
import { openFuzzedHub } from './targets/hub.ts';
import { httpTargets } from './targets/http.ts';
import { grpcTargets } from './targets/grpc.ts';
import { languages } from './targets/languages.ts';
import { lineTargets } from './targets/lines.ts';
import type { Target } from './target.ts';

/** Those that need nothing but themselves. */
export const parsers: readonly Target[] = [
  ...documents,
  agents,
  ...languages,
  ...configurations,
  credentials,
  answers,
  ...doors,
  ...lineTargets,
];

/** All of them, with a hub for those that knock at its doors. It ends with the lifetime. */
export async function openTargets(lifetime: Lifetime): Promise<readonly Target[]> {
  const hub = await openFuzzedHub(lifetime);
  return [...parsers, ...httpTargets(hub), ...grpcTargets(hub)];
}
