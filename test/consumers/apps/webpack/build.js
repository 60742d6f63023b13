import webpack from 'webpack'

// As `webpack --mode production` does it, without its command.
webpack(
  {
    mode: 'production',
    context: import.meta.dirname,
    entry: './src/index.js',
    output: { path: `${import.meta.dirname}/public` },
  },
  (error, stats) => {
    if (!error && !stats.hasErrors() && !stats.hasWarnings()) return
    console.error(error ?? stats.toString())
    process.exitCode = 1
  },
)
