import { createHttpClient, type HttpClient } from './http.ts';

/**
 * Where a cloud gives credentials to the machine or pod that asks: link-local addresses, which no
 * configured destination may be. Only the sources of credentials use this client, each for the
 * address that its cloud documents, and nothing that an alert says goes there.
 */
export function createMetadataClient(): HttpClient {
  return createHttpClient({
    caFiles: [],
    verify: true,
    proxy: 'none',
    allowDestinations: METADATA_HOSTS,
    refuseListeners: () => [],
    connections: 1,
    userAgent: 'Tocsin',
  });
}

/** Of Google, AWS (instances, ECS, EKS) and Azure. */
const METADATA_HOSTS = [
  'metadata.google.internal',
  '169.254.169.254',
  'fd20:ce::254',
  'fd00:ec2::254',
  '169.254.170.2',
  '169.254.170.23',
  'fd00:ec2::23',
];
