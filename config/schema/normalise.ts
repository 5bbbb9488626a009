import { Type } from 'typebox';
import { template } from '../../src/output/settings.ts';
import { closed } from './blocks.ts';

export const normalise = Type.Object(
  {
    customFields: Type.Record(Type.String(), Type.String(), {
      description: 'Fields written into every alert.',
      default: {},
    }),
    templatedFields: Type.Record(
      Type.String(),
      template({ description: 'Go template of one field.' }),
      {
        description: 'Fields made from the others by a Go template; the root is the map of fields.',
        default: {},
      },
    ),
    customTags: Type.Array(Type.String(), {
      description: 'Tags added to every alert.',
      default: [],
    }),
    bracketReplacer: Type.String({
      description: 'Replaces `[` in field names, and drops `]`. Empty: names stay.',
      default: '',
    }),
    outputFieldFormat: Type.String({
      description:
        'Rewrites the output line; knows `<timestamp>`, `<priority>`, `<output>`, `<custom_fields>`, `<templated_fields>`, `<tags>`.',
      default: '',
    }),
  },
  { ...closed, description: 'What is done to every alert on its way in.', default: {} },
);
