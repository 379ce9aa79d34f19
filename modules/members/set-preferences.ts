import type { Database } from '#platform/db/database.ts'

/** How a person wants to see the product, on whatever device they sign in; what is absent stays as it was. */
export async function setPreferences(database: Database, userId: string, preferences: { locale?: string; theme?: string }): Promise<void> {
  const { locale, theme } = preferences
  await database.prisma.user.update({ where: { id: userId }, data: { locale, theme } })
}
