import { printFault } from '../../../src/cli/print-fault';
import { CheckvalveError } from '../../../src/contract/errors';

function printed(error: unknown): readonly string[] {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    printFault(error);
    return write.mock.calls
      .map(([text]) => String(text))
      .join('')
      .trimEnd()
      .split('\n');
  } finally {
    write.mockRestore();
  }
}

test('printFault prints an error of a file as one sentence and a remedy, without a stack trace', () => {
  const full = Object.assign(new Error('ENOSPC: …'), { code: 'ENOSPC', syscall: 'mkdir', path: '/x/.checkvalve' });
  expect(printed(full)).toEqual([
    '/x/.checkvalve cannot be used: the disk is full (ENOSPC)',
    'Free some disk space or make the folder writable, and run the command again.',
  ]);
});

test('printFault prints a stack trace only for an unexpected error', () => {
  expect(printed(new CheckvalveError('INVALID_INPUT', 'It is wrong', 'Put it right.'))).toEqual([
    'It is wrong',
    'Put it right.',
  ]);
  expect(printed(new Error('unforeseen')).slice(0, 2)).toEqual(['This is a bug in Checkvalve:', 'Error: unforeseen']);
});
