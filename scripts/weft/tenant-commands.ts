import { z } from 'zod'
import { addMember, createTenant, createUser } from '#modules/members/index.ts'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { CommandFailed, command } from './command.ts'

const name = z.string().trim().min(1).max(LIMITS.nameChars)
const email = z.email('must be an email address')
const password = z.string().min(LIMITS.passwordCharsMin, `must be at least ${LIMITS.passwordCharsMin} characters`).max(LIMITS.passwordChars)

export const tenantCommands = [
  command({
    name: 'tenant create',
    summary: 'Make a workspace and its first admin, who can sign in at once.',
    positionals: [],
    options: z.object({
      name,
      slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower case letters, digits and hyphens'),
      adminName: name,
      adminEmail: email,
      adminPassword: password,
      locale: z.enum(['en', 'ar', 'id']).default('en'),
      timeZone: z
        .string()
        .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'must be a time zone like Asia/Jakarta')
        .default('UTC'),
    }),
    examples: { name: '"Acme Ltd"', slug: 'acme', adminName: '"Sara Hassan"', adminEmail: 'sara@example.com', timeZone: 'Asia/Jakarta' },
    run: {
      needs: 'product',
      work: async ({ database, clock }, options) => {
        const user = await createUser(database, {
          name: options.adminName,
          email: options.adminEmail,
          password: options.adminPassword,
          locale: options.locale,
        })
        if (!user.ok) throw new CommandFailed(`${options.adminEmail} can already sign in; add them with \`weft member add\``)
        const admin = { userId: user.value.userId, name: options.adminName, email: options.adminEmail }
        const tenant = await createTenant(database, clock, {
          name: options.name,
          slug: options.slug,
          locale: options.locale,
          timeZone: options.timeZone,
          admin,
        })
        if (!tenant.ok)
          throw new CommandFailed(
            `the slug ${options.slug} is taken; ${options.adminEmail} was made and can be added to a workspace with \`weft member add\``,
          )
        return { id: tenant.value.tenantId, adminMemberId: tenant.value.memberId, adminUserId: admin.userId }
      },
    },
  }),
  command({
    name: 'member add',
    summary: 'Make somebody who can sign in, and add them to a workspace with a role (admin or agent).',
    positionals: [],
    options: z.object({ tenant: idOf('tenant'), name, email, password, role: z.string().default('agent') }),
    examples: { tenant: 'ten_…', name: '"Budi Santoso"', email: 'budi@example.com', role: 'agent' },
    run: {
      needs: 'product',
      work: async ({ database, clock }, { tenant: tenantId, role, ...person }) => {
        const known = await database.prisma.user.findUnique({ where: { email: person.email.toLowerCase() } })
        const made = known ? undefined : await createUser(database, person)
        const userId = known?.id ?? (made?.ok ? made.value.userId : undefined)
        if (!userId) throw new CommandFailed(`${person.email} could not be made`)
        const member = await addMember(database, clock, {
          tenantId,
          user: { userId, name: person.name, email: person.email },
          roleKeys: [role],
        })
        if (!member.ok)
          throw new CommandFailed(
            {
              not_found: `there is no workspace ${tenantId}`,
              already_exists: `${person.email} belongs to it already`,
              invalid_input: `there is no role ${role}`,
            }[member.code],
          )
        return { id: member.value.memberId, userId }
      },
    },
  }),
]
