// What the site has, in its order. A document that stands in no row fails the build; a row may be written before its document.

/** Each part of the site with its documents: where it is in the repository, and what the side bar calls it. */
export const CONTENTS = [
  {
    title: 'Start',
    rows: [
      ['README.md', 'cart-echo'],
      ['docs/script-tag.md', 'The script tag'],
      ['docs/javascript.md', 'Plain JavaScript'],
      ['docs/laravel.md', 'Laravel'],
    ],
  },
  {
    title: 'In your framework',
    rows: [
      ['docs/alpine.md', 'Alpine'],
      ['docs/livewire.md', 'Livewire'],
      ['docs/react.md', 'React'],
      ['docs/vue.md', 'Vue'],
      ['docs/typescript.md', 'TypeScript'],
      ['docs/recipes.md', 'Recipes'],
    ],
  },
  {
    title: 'On the page',
    rows: [
      ['docs/notice.md', 'The notice'],
      ['docs/refreshing.md', 'Refreshing'],
    ],
  },
  {
    title: 'Build, test, operate',
    rows: [
      ['docs/server.md', 'Without PHP'],
      ['docs/testing.md', 'Testing'],
      ['docs/inspector.md', 'The inspector'],
      ['docs/doctor.md', 'The doctor'],
      ['docs/monitoring.md', 'Monitoring'],
      ['docs/scale.md', 'Past one machine'],
    ],
  },
  {
    title: 'Reference',
    rows: [
      ['docs/reference.md', 'Calls and options'],
      ['docs/errors.md', 'Errors'],
      ['docs/protocol.md', 'The protocol'],
      ['docs/browsers.md', 'Browsers'],
      ['docs/versions.md', 'Versions'],
      ['CHANGELOG.md', 'Changes'],
    ],
  },
  {
    title: 'Why to trust it',
    rows: [
      ['docs/promises.md', 'Promises'],
      ['docs/reliability.md', 'Reliability'],
      ['docs/measurements.md', 'Measurements'],
      ['docs/screen-readers.md', 'Screen readers'],
      ['SECURITY.md', 'Security'],
      ['docs/architecture.md', 'Architecture'],
      ['CONTRIBUTING.md', 'Contributing'],
    ],
  },
]
