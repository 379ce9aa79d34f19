/** The product's mark: one thread passing over another. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 32 32" fill="none" stroke="white" strokeWidth="2.6" strokeLinecap="round" className={className}>
      <rect width="32" height="32" rx="9" stroke="none" className="fill-accent" />
      <path d="M7 10.5c4.5 0 4.5 11 9 11s4.5-11 9-11" />
      <path
        d="M7 21.5c1.9 0 3-1.9 3.9-4.1m10.2-2.8c.9 2.2 2 6.9 3.9 6.9M14.2 11.6c.5-.7 1.1-1.1 1.8-1.1s1.3.4 1.8 1.1"
        strokeOpacity="0.62"
      />
    </svg>
  )
}
