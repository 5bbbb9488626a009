import { below } from '../../src/output/http-url.ts';
import type { StorageSettings } from './settings.ts';

/**
 * Writes the object only where there is none of this name: that needs no right to delete, which
 * writing over an object would.
 *
 * @see https://cloud.google.com/storage/docs/json_api/v1/objects/insert
 */
export function uploadUrl({ endpoint, bucket }: StorageSettings, key: string): string {
  const query = new URLSearchParams({ uploadType: 'media', name: key, ifGenerationMatch: '0' });
  return below(endpoint, `/upload/storage/v1/b/${bucket}/o?${query.toString()}`);
}
