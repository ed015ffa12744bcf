import { accountIn } from '../arn';
import type { JudgedTemplate } from '../templates/judged-templates';
import type { NamedPrincipal } from '../templates/statement';

/** Whether a principal is the template's account, or a user or role in it. */
export const isOwnPrincipal = (name: string, { place }: JudgedTemplate): boolean =>
  name === place.account || (name.startsWith('arn:aws:iam::') && accountIn(name) === place.account);

/** A principal as findings print it. */
export const principalText = ({ kind, name }: NamedPrincipal): string =>
  name === '*' ? 'any principal' : `${kind}: ${name}`;
