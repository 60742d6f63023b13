// What the site has, in its order. A document that stands in no row fails the build; a row may be written before its document.

/** Each part of the site with its documents: where it is in the repository, and what the side bar calls it. */
export const CONTENTS = [
  {
    title: 'Start',
    rows: [
      ['README.md', 'cart-echo'],
      ['docs/script-tag.md', 'The script tag'],
      ['docs/laravel.md', 'Laravel'],
      ['docs/promises.md', 'Promises'],
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
      ['docs/screen-readers.md', 'Screen readers'],
    ],
  },
  {
    title: 'Build, test, operate',
    rows: [
      ['docs/testing.md', 'Testing'],
      ['docs/develop.md', 'Develop without PHP'],
      ['docs/server.md', 'The server'],
      ['docs/inspector.md', 'The inspector'],
      ['docs/doctor.md', 'The doctor'],
      ['docs/monitoring.md', 'Monitoring'],
      ['docs/scale.md', 'Past one machine'],
    ],
  },
  {
    title: 'Reference',
    rows: [
      ['docs/reference.md', 'Reference'],
      ['docs/errors.md', 'Errors'],
      ['docs/protocol.md', 'The protocol'],
      ['docs/browsers.md', 'Browsers'],
      ['docs/versions.md', 'Versions'],
      ['CHANGELOG.md', 'Changes'],
    ],
  },
  {
    title: 'Behind it',
    rows: [
      ['docs/reliability.md', 'Reliability'],
      ['docs/measurements.md', 'Measurements'],
      ['docs/architecture.md', 'Architecture'],
      ['CONTRIBUTING.md', 'Contributing'],
      ['SECURITY.md', 'Security'],
    ],
  },
]
