import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { TektonSettings } from './settings.ts';

/** The alert as it is: its fields are `$(body.rule)` and so on in a TriggerBinding. */
export function tektonRequest({ url }: TektonSettings): AlertRequest {
  return { url };
}
