import { Type } from 'typebox';
import { PRIORITIES } from '../../src/alert.ts';
import { closed } from './blocks.ts';

export const auditd = Type.Object(
  {
    priorities: Type.Record(Type.String(), Type.Enum([...PRIORITIES]), {
      description:
        'Priorities of what rules of auditd find, by their key (`-k`); `notice` for the others. What is more severe by its type stays so.',
      default: {},
    }),
  },
  { ...closed, description: "How auditd's events are read.", default: {} },
);
