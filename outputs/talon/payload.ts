import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { TalonSettings } from './settings.ts';

/** The alert as it is: Talon knows it from Falcosidekick. */
export function talonRequest({ url }: TalonSettings): AlertRequest {
  return { url };
}
