import type { Examination } from '../operations/doctor/examine';
import type { Finding } from '../operations/doctor/finding';
import { paragraph } from './layout';
import { dim, red, yellow } from './styles';

const COLOUR = { critical: red, warning: yellow, unknown: dim } as const;

const entry = ({ severity, check, what, where, remedy }: Finding): string =>
  [
    paragraph(`${COLOUR[severity](severity)}  ${check}  ${where}`),
    paragraph(`${what.replace(/\.+$/, '')}.`, '  '),
    dim(paragraph(remedy, '  ')),
  ].join('\n');

/** The findings for people, the gravest first, and how many of each severity there are. */
export function examinationReport({ findings }: Examination): string {
  const count = (wanted: Finding['severity']) => findings.filter(({ severity }) => severity === wanted).length;
  const sum = `${count('critical')} critical, ${count('warning')} warnings, ${count('unknown')} unknown`;
  return [...findings.map(entry), sum].join('\n\n');
}
