import type { ASTNode } from '@marcbachmann/cel-js';
import { didYouMean } from './did-you-mean.ts';
import { makeTerm, refuse, type Term } from './term.ts';
import { elementValue, memberValue } from './values.ts';

/** The terms that only expressions over documents have: everything in a document may be missing. */

/** A member of the document itself. */
export function documentTerm(node: ASTNode, name: string, members: ReadonlySet<string>): Term {
  if (!members.has(name)) {
    const near = didYouMean(name, members);
    const hint = near ? `did you mean ${near}?` : `there are ${[...members].join(', ')}`;
    return refuse(node, 'unknown_name', `there is no ${name}`, hint);
  }
  return makeTerm(node, 'any', [], (frame) => elementValue(frame.document[name]));
}

/** `object.name`. */
export function memberTerm(node: ASTNode, object: Term, name: string): Term {
  if (object.type !== 'any') {
    return refuse(node, 'wrong_type', `${object.type} has no .${name}`, 'only objects have');
  }
  return makeTerm(node, 'any', [object], (frame) => memberValue(object.run(frame), name));
}

/** `object["name"]`, `list[0]`. */
export function itemTerm(node: ASTNode, object: Term, key: Term): Term {
  if (key.type !== 'string' && key.type !== 'int' && key.type !== 'any') {
    return refuse(key.node, 'wrong_type', `a member is not looked up by ${key.type}`);
  }
  return makeTerm(node, 'any', [object, key], (frame) =>
    memberValue(object.run(frame), key.run(frame)),
  );
}
