import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { closed } from './blocks.ts';

export const tetragon = Type.Object(
  {
    priorities: Type.Record(Type.String(), Type.Enum([...PRIORITIES]), {
      description:
        'Priorities of tracing policies, by name; `warning` for the others. What Tetragon stopped is always `critical`.',
      default: {},
    }),
  },
  { ...closed, description: 'How the events that Tetragon sends are read.', default: {} },
);
