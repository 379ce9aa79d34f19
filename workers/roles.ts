import { CHANNEL_KINDS, type ChannelKind } from '#channels/connector.ts'
import type { StartRole } from './context.ts'

/**
 * What a process can be told to do. `web` stands apart, because it runs as another database role and serves pages; the
 * others are worker roles. Roles that know channels may be given some: `intake:whatsapp,sms`.
 */
const workerRoles = {
  ingress: { channels: false, load: () => import('./ingress.ts') },
  intake: { channels: true, load: () => import('./intake.ts') },
  'webhook-log': { channels: true, load: () => import('./webhook-log.ts') },
  sender: { channels: true, load: () => import('./sender.ts') },
  media: { channels: false, load: () => import('./media.ts') },
  sequencer: { channels: false, load: () => import('./sequencer.ts') },
  timers: { channels: false, load: () => import('./timers.ts') },
} as const satisfies Record<string, { channels: boolean; load: () => Promise<{ start: StartRole }> }>

export type WorkerRoleName = keyof typeof workerRoles
export const WORKER_ROLES = Object.keys(workerRoles) as WorkerRoleName[]
export const ROLES = ['web', ...WORKER_ROLES] as const

export interface RoleChoice {
  name: 'web' | WorkerRoleName
  channels: readonly ChannelKind[]
}

/** Asked for something that does not exist; the message says what does. */
export class RoleUsage extends Error {
  override name = 'RoleUsage'
}

/**
 * Reads a command line such as `['intake:whatsapp', 'sender']`; `workers` stands for every worker role but ingress.
 * @throws RoleUsage
 */
export function parseRoles(words: readonly string[]): RoleChoice[] {
  const expanded = words.flatMap((word) => (word === 'workers' ? WORKER_ROLES.filter((name) => name !== 'ingress') : [word]))
  if (expanded.length === 0) throw new RoleUsage(`name at least one role: ${ROLES.join(', ')}, or workers for all but web and ingress`)
  const choices = expanded.map(parseRole)
  const twice = choices.find((choice, at) => choices.findIndex((other) => other.name === choice.name) !== at)
  if (twice) throw new RoleUsage(`${twice.name} is named twice; give its channels in one word, like ${twice.name}:whatsapp`)
  return choices
}

function parseRole(word: string): RoleChoice {
  const [name = '', list] = word.split(':')
  const role = ROLES.find((known) => known === name)
  if (!role) throw new RoleUsage(`there is no role ${name}; roles are ${ROLES.join(', ')}`)
  if (list === undefined) return { name: role, channels: CHANNEL_KINDS }
  if (role === 'web' || !workerRoles[role].channels) throw new RoleUsage(`${role} serves all channels; leave out :${list}`)
  const channels = list.split(',').map((word) => {
    const channel = CHANNEL_KINDS.find((kind) => kind === word)
    if (!channel) throw new RoleUsage(`there is no channel ${word || '(empty)'}; channels are ${CHANNEL_KINDS.join(', ')}`)
    return channel
  })
  return { name: role, channels: [...new Set(channels)] }
}

/** Loads a worker role's code; roles not asked for are never loaded. */
export async function loadRole(name: WorkerRoleName): Promise<StartRole> {
  return (await workerRoles[name].load()).start
}
