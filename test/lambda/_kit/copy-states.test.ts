import { inFlight, isFailed } from '../../../lambda/_kit/copies';
import { isOver } from '../../../lambda/_kit/copy-states';

const OVER = [
  'failed',
  'error',
  'cancelled',
  'canceled',
  'incompatible-restore',
  'incompatible-parameters',
  'Incompatible-Restore',
];
const NOT_OVER = ['available', 'creating', 'copying', 'pending', 'deleting', 'something-new', 'incompatible'];

test.each(OVER)('%s is over: it holds no slot, and another attempt is made', (status) => {
  expect([isOver(status), isFailed({ status } as never), inFlight({ status } as never)]).toEqual([true, true, false]);
});

test.each(NOT_OVER)('%s is not over', (status) => expect(isOver(status)).toBe(false));
