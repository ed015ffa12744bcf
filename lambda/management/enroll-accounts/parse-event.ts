import { type AccountId, isAccountId } from '../../../src/contract/ids';

/** What an event asks for: some accounts, or all; and the principal or schedule that caused it. */
export type Trigger =
  | { readonly scope: 'accounts'; readonly accounts: readonly AccountId[]; readonly by: string }
  | { readonly scope: 'all'; readonly by: string };

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const MAX_DEPTH = 6;

/** Every account id in a field of one of these names, at any depth. */
function accountsNamed(names: readonly string[], value: unknown, depth = 0): readonly AccountId[] {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    names.includes(name.toLowerCase()) && isAccountId(inner) ? [inner] : accountsNamed(names, inner, depth + 1),
  );
}

/** The accounts among the parties of a handshake; the organization is the other party.
 * https://docs.aws.amazon.com/organizations/latest/APIReference/API_Handshake.html */
function parties({ responseElements }: Fields): readonly AccountId[] {
  const list = fields(fields(responseElements).handshake).parties;
  return Array.isArray(list) ? list.map((party) => fields(party).id).filter(isAccountId) : [];
}

/** Tags of units, policies and the root decide on no account. */
function tagged({ requestParameters }: Fields): readonly AccountId[] | 'nothing' {
  const { resourceId } = fields(requestParameters);
  if (isAccountId(resourceId)) return [resourceId];
  return typeof resourceId === 'string' && /^(ou|p|r|rp)-/.test(resourceId) ? 'nothing' : [];
}

/** A request to create or to close an account that failed changed nothing. */
function requestResult({ serviceEventDetails }: Fields): readonly AccountId[] | 'nothing' {
  const accounts = accountsNamed(['accountid'], serviceEventDetails);
  const status = fields(Object.values(fields(serviceEventDetails))[0]);
  return accounts.length === 0 && status.state === 'FAILED' ? 'nothing' : accounts;
}

const inRequest = ({ requestParameters }: Fields) => accountsNamed(['accountid'], requestParameters);
const inDetails = ({ serviceEventDetails }: Fields) => accountsNamed(['accountid', 'id'], serviceEventDetails);

/**
 * Where each event of Organizations names its account. API calls have it in their request, service events in their details,
 * whose fields differ from event to event. Events about units are not listed: each account below the unit is concerned.
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_cloudtrail-integration.html
 */
const ACCOUNTS_OF: Readonly<Record<string, (detail: Fields) => readonly AccountId[] | 'nothing'>> = {
  AcceptHandshake: parties,
  AccountDepartedOrganization: inDetails,
  AccountJoinedOrganization: inDetails,
  CloseAccount: inRequest,
  CloseAccountResult: requestResult,
  CreateAccountResult: requestResult,
  MoveAccount: inRequest,
  RemoveAccountFromOrganization: inRequest,
  TagResource: tagged,
  UntagResource: tagged,
};

/** https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tag.html */
const taggedArns = (resources: unknown): readonly AccountId[] =>
  (Array.isArray(resources) ? resources : [])
    .map((arn) => (typeof arn === 'string' ? /:account\/o-[a-z0-9]+\/(\d{12})$/.exec(arn)?.[1] : undefined))
    .filter(isAccountId);

/**
 * Parses an event into the accounts to process. The facts in an event are not trusted: enroll-accounts reads the account itself.
 * An event of an unknown shape triggers a sweep over all accounts. Never throws. Pure.
 */
export function parseEvent(event: unknown): Trigger {
  const { source, resources, detail: raw, 'detail-type': type } = fields(event);
  const detail = fields(raw);
  if (source === 'aws.events') return { scope: 'all', by: 'the daily sweep' };
  const { arn } = fields(detail.userIdentity);
  const name = typeof detail.eventName === 'string' ? detail.eventName : '';
  const by = typeof arn === 'string' ? arn : name || (typeof type === 'string' ? type : 'an unknown event');
  const all: Trigger = { scope: 'all', by };
  const none: Trigger = { scope: 'accounts', accounts: [], by };
  if (source === 'aws.tag') {
    const accounts = taggedArns(resources);
    return accounts.length > 0 ? { scope: 'accounts', accounts, by: 'a change of tags' } : all;
  }
  // A call that AWS refused changed nothing.
  if (source === 'aws.organizations' && detail.errorCode) return none;
  const accountsOf = Object.hasOwn(ACCOUNTS_OF, name) ? ACCOUNTS_OF[name] : undefined;
  const accounts = source === 'aws.organizations' && accountsOf ? accountsOf(detail) : [];
  if (accounts === 'nothing') return none;
  return accounts.length > 0 ? { scope: 'accounts', accounts: [...new Set(accounts)], by } : all;
}
