import { AWS_KEYS } from '../../test/support/aws-request.ts';
import { streamContract } from '../../test/support/stream-contract.ts';
import streams from './index.ts';

const stream = '/ru-central1/planted-folder/planted-database/falco';

streamContract(streams, (endpoint) => ({ ...AWS_KEYS, stream, endpoint, region: 'ru-central1' }), {
  stream,
  region: 'ru-central1',
});
