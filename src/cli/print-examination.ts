import type { Examination } from '../operations/doctor/examine';
import type { Finding } from '../operations/doctor/finding';
import { paragraph } from './layout';
import { dim, red, yellow } from './styles';

const STYLES = { critical: red, warning: yellow, unknown: dim } as const;

const entry = ({ severity, check, what, where, remedy }: Finding): string =>
  [
    paragraph(`${STYLES[severity](severity)}  ${check}  ${where}`),
    paragraph(`${what.replace(/\.+$/, '')}.`, '  '),
    dim(paragraph(remedy, '  ')),
  ].join('\n');

/** The findings as text, the most severe first, and their number by severity. */
export function examinationReport({ findings }: Examination): string {
  const count = (wanted: Finding['severity']) => findings.filter(({ severity }) => severity === wanted).length;
  const sum = `${count('critical')} critical, ${count('warning')} warnings, ${count('unknown')} unknown`;
  return [...findings.map(entry), sum].join('\n\n');
}
