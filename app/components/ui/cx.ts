import { twMerge } from 'tailwind-merge'

/** Joins class names; of two that set the same thing the later one wins, so a caller can always have its way. */
export const cx = (...classes: (string | false | null | undefined)[]): string => twMerge(classes.filter(Boolean).join(' '))
