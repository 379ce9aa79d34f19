import { cx } from './cx.ts'

const TINTS = [
  'bg-[light-dark(oklch(0.93_0.045_20),oklch(0.36_0.07_20))] text-[light-dark(oklch(0.42_0.13_20),oklch(0.9_0.06_20))]',
  'bg-[light-dark(oklch(0.93_0.05_70),oklch(0.36_0.06_70))] text-[light-dark(oklch(0.42_0.1_65),oklch(0.9_0.06_75))]',
  'bg-[light-dark(oklch(0.93_0.05_150),oklch(0.35_0.06_155))] text-[light-dark(oklch(0.4_0.1_155),oklch(0.9_0.06_155))]',
  'bg-[light-dark(oklch(0.93_0.04_210),oklch(0.35_0.06_215))] text-[light-dark(oklch(0.4_0.09_220),oklch(0.9_0.05_215))]',
  'bg-[light-dark(oklch(0.93_0.04_265),oklch(0.36_0.075_268))] text-[light-dark(oklch(0.42_0.15_268),oklch(0.9_0.05_268))]',
  'bg-[light-dark(oklch(0.93_0.045_320),oklch(0.36_0.075_320))] text-[light-dark(oklch(0.42_0.14_320),oklch(0.9_0.06_320))]',
] as const
const SIZES = {
  tiny: 'size-5 text-[0.5625rem]',
  small: 'size-7 text-[0.6875rem]',
  medium: 'size-10 text-sm',
  large: 'size-16 text-xl',
} as const

/** Initials on a colour that stays with the person; decoration, since the name stands beside it. */
export function Avatar({
  name,
  seed,
  size = 'medium',
  className,
}: {
  name: string
  seed: string
  size?: keyof typeof SIZES
  className?: string
}) {
  return (
    <span
      aria-hidden
      className={cx(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold leading-none',
        TINTS[hashOf(seed) % TINTS.length],
        SIZES[size],
        className,
      )}
    >
      {initialsOf(name)}
    </span>
  )
}

/** First letters of the first and last word. Letters with marks and those outside the basic plane stay whole. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/)
    .filter((word) => /\p{L}/u.test(word))
  const letters = [words.at(0), words.length > 1 ? words.at(-1) : undefined].map((word) => /\p{L}/u.exec(word ?? '')?.[0] ?? '')
  // Two joined Arabic letters would read as a word, so one is enough there.
  const isArabic = /\p{Script=Arabic}/u.test(letters.join(''))
  return (isArabic ? (letters[0] ?? '') : letters.join('')).toLocaleUpperCase() || '#'
}

function hashOf(text: string): number {
  let hash = 0
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return hash
}
