/**
 * What the made-up companies, customers and messages of a benchmark are called, by number; population.ts writes the same names
 * into the database.
 */
export const addressOf = (tenant: number): string => String(ADDRESS + tenant)
export const businessOf = (tenant: number): string => String(BUSINESS + tenant)
export const displayOf = (tenant: number): string => String(DISPLAY + tenant)
export const customerOf = (person: number): string => String(CUSTOMER + person)
/** What the provider calls the n-th message that a tenant sent. */
export const outboundIdOf = (tenant: number, n: number): string => `wamid.SENT.${tenant}.${n}`
export const agentEmailOf = (agent: number): string => `agent-${agent}@bench.example`
export const AGENT_PASSWORD = 'bench-password'

export const ADDRESS = 100_000_000_000
export const BUSINESS = 200_000_000_000
export const DISPLAY = 15_550_000_000
export const CUSTOMER = 6_281_100_000_000
