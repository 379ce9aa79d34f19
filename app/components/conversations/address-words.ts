/** An address as people write it: a number that came as bare digits gets the plus of international numbers back. */
export const addressWords = (address: string): string => (/^\d{7,15}$/.test(address) ? `+${address}` : address)
