import type { Delivery } from '../../src/output/define.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { WebUiSettings } from './settings.ts';

/** The alert's own JSON within, so that it keeps every digit. */
export function webUiRequest({ url, outputs }: WebUiSettings, { json }: Delivery): AlertRequest {
  return { url, body: `{"event":${json},"outputs":${JSON.stringify(outputs)}}` };
}
