/** Made by Remix while it builds: our routes, as its request handler wants them. */
declare module 'virtual:remix/server-build'
