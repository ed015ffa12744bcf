import type { JudgedTemplate } from '../templates/judged-templates';
import type { Finding } from '../templates/rule-finding';

/** What was found at a resource of a template. */
export const foundAt = ({ name }: JudgedTemplate, at: string, whats: readonly string[]): readonly Finding[] =>
  whats.map((what) => ({ template: name, at, what }));
