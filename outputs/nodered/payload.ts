import { mergeHeaders } from '../../src/output/headers.ts';
import { basicAuth } from '../../src/output/http-url.ts';
import type { AlertRequest } from '../../src/output/post-alert.ts';
import type { NodeRedSettings } from './settings.ts';

export function nodeRedRequest(settings: NodeRedSettings): AlertRequest {
  const { url, username, password, headers } = settings;
  const login =
    username === undefined || password === undefined
      ? {}
      : { authorization: basicAuth(username, password) };
  return { url, headers: mergeHeaders(login, headers) };
}
