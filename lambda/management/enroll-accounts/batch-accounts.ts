import { groupBy } from '../../_kit/copies';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStackInstances.html */
const MAX_ACCOUNTS = 50;

/** Batches of accounts that have the same key, so that one operation of the StackSet serves the whole batch. */
export const batchAccounts = <Item>(
  items: readonly Item[],
  key: (item: Item) => string,
): readonly (readonly Item[])[] =>
  [...groupBy(items, key).values()].flatMap((group) =>
    Array.from({ length: Math.ceil(group.length / MAX_ACCOUNTS) }, (_, at) =>
      group.slice(at * MAX_ACCOUNTS, (at + 1) * MAX_ACCOUNTS),
    ),
  );
