import type { JudgedTemplate } from '../estate/estate';
import type { Finding } from '../estate/finding';

/** What was found at a resource of a template. */
export const foundAt = ({ name }: JudgedTemplate, at: string, whats: readonly string[]): readonly Finding[] =>
  whats.map((what) => ({ template: name, at, what }));
