import type { RunSettings } from './settings.ts';

/**
 * Who the token is for. Cloud Run wants the address of the service, without a path.
 *
 * @see https://cloud.google.com/run/docs/authenticating/service-to-service
 */
export function audienceOf({ url, audience }: Pick<RunSettings, 'url' | 'audience'>): string {
  return audience ?? new URL(url).origin;
}
