import { createContext } from 'react'

/** The response's nonce while a server renders; empty in the browser, which hides nonces from scripts. */
export const NonceContext = createContext('')
