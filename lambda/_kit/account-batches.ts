import { MAX_ACCOUNTS_PER_OPERATION } from '../../src/contract/stack-set-operations';

/** Splits accounts, or what stands for one account each, into the batches that one operation of a StackSet can take. */
export const accountBatches = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / MAX_ACCOUNTS_PER_OPERATION) }, (_, at) =>
    items.slice(at * MAX_ACCOUNTS_PER_OPERATION, (at + 1) * MAX_ACCOUNTS_PER_OPERATION),
  );
