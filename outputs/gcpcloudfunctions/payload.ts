import type { Delivery } from '../../src/output/define.ts';

/**
 * The function gets `data` as the body of its request.
 *
 * @see https://cloud.google.com/functions/docs/reference/rest/v1/projects.locations.functions/call
 */
export function callBody({ json }: Pick<Delivery, 'json'>): string {
  return JSON.stringify({ data: json });
}
