import { basicAuth } from '../../src/output/http-url.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { N8nSettings } from './settings.ts';

export function n8nRequest(settings: N8nSettings): AlertRequest {
  const { url, username, password, headerName, headerValue } = settings;
  const hasLogin = username !== undefined && password !== undefined;
  const hasHeader = headerName !== undefined && headerValue !== undefined;
  return {
    url,
    headers: {
      ...(hasLogin && { authorization: basicAuth(username, password) }),
      ...(hasHeader && { [headerName]: headerValue }),
    },
  };
}
