import { regionIn } from '../../src/output/aws.ts';
import type { KinesisSettings } from './settings.ts';

/** An ARN says in which region the stream is, unless the settings do. */
export function streamOf({ stream, region }: Pick<KinesisSettings, 'stream' | 'region'>) {
  const [name = ''] = stream.split('/').slice(-1);
  return { name, region: region ?? regionIn(stream) };
}
