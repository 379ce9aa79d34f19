/** Shapes of rows while the first ones are on their way. */
export function ListSkeleton({ rows = 6 }: { rows?: number }) {
  return (
    <div aria-hidden className="flex flex-col gap-1 p-2">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: shapes have no identity
        <div key={index} className="flex h-20 animate-shimmer gap-3 px-3 py-2.5">
          <div className="size-10 shrink-0 rounded-full bg-hover" />
          <div className="flex flex-1 flex-col gap-2 pt-1">
            <div className="h-3 w-1/2 rounded bg-hover" />
            <div className="h-3 w-5/6 rounded bg-hover" />
            <div className="h-2.5 w-1/4 rounded bg-hover" />
          </div>
        </div>
      ))}
    </div>
  )
}
