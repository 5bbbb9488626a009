import { Type } from 'typebox';
import { bytes, duration } from '../../src/output/settings.ts';
import { closed } from './blocks.ts';

export const queue = Type.Object(
  {
    directory: Type.String({
      description: 'Where alerts are kept. Put it on a volume that outlives the process.',
      default: '/var/lib/tocsin',
      minLength: 1,
    }),
    bytesMax: Type.Optional(
      bytes({
        description:
          'Most the queue may take on disk (never more than 80 % of the volume). Default 2GiB; 256MiB where the directory dies with the container.',
      }),
    ),
    historyMax: Type.Optional(
      bytes({
        description:
          'Delivered alerts are kept for `why` and `alerts` while the queue takes less than this. Default: half of bytesMax.',
      }),
    ),
    whenFull: Type.Enum(['shed', 'reject'], {
      description:
        'shed: give up the oldest of the lowest priority, recorded as gaps. reject: answer 503, for senders that send again.',
      default: 'shed',
    }),
    orphanMax: duration({
      description: 'How long alerts wait for an output that is no longer configured.',
      default: '7d',
    }),
  },
  { ...closed, description: 'The queue on disk.', default: {} },
);
