import { buildUnlessBuilt } from '../../build/unless-built.mjs'

/** Page and package tests try what is built. Builds it if that is older than the sources. */
export default () => buildUnlessBuilt()
