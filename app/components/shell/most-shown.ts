/**
 * How far waiting conversations are counted in badges. This browser knows only the pages it has read, so a larger number would
 * grow by scrolling; "9+" is true either way.
 */
export const MOST_SHOWN = 9
