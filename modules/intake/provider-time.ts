/** What is told of a future the provider cannot know of is capped: it would stand on top and keep the window open for ever. */
export function providerTimeOf(providerTime: string | null, receivedAt: Date, resolutionMs: number): Date {
  const received = receivedAt.getTime()
  const told = providerTime === null ? Number.NaN : Date.parse(providerTime)
  const at = Number.isNaN(told) ? received : Math.min(told, received)
  return new Date(Math.floor(at / resolutionMs) * resolutionMs)
}
