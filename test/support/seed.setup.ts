import fc from 'fast-check'

// One seed for the whole run. The run prints it, and CART_ECHO_SEED repeats it.
const seed = Number(process.env.CART_ECHO_SEED)
if (process.env.CART_ECHO_SEED) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed })
