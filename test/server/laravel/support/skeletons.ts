/** The files of an app, by their paths. */
export type Files = Readonly<Record<string, string>>

/** What a package manager is asked for. */
const composerJson = (require: Record<string, string>, dev: Record<string, string> = {}): string =>
  `${JSON.stringify(
    {
      name: 'laravel/laravel',
      type: 'project',
      require: { php: '^8.2', ...require },
      'require-dev': { 'fakerphp/faker': '^1.23', ...dev },
      autoload: { 'psr-4': { 'App\\': 'app/', 'Database\\Factories\\': 'database/factories/' } },
    },
    null,
    4,
  )}\n`

/** What was installed. */
export const composerLock = (packages: Record<string, string>): string =>
  `${JSON.stringify({ packages: Object.entries(packages).map(([name, version]) => ({ name, version })), 'packages-dev': [] }, null, 4)}\n`

/** A page of HTML around what is in its body. */
export const page = (vite: string, body: string): string => `<!DOCTYPE html>
<html lang="{{ str_replace('_', '-', app()->getLocale()) }}">
    <head>
        <meta charset="utf-8">
        ${vite}
    </head>
    <body class="antialiased">
        ${body}
    </body>
</html>
`

/** The migration of users, with a line that makes their id. */
export const usersTable = (id: string): string => `<?php

use Illuminate\\Database\\Migrations\\Migration;
use Illuminate\\Database\\Schema\\Blueprint;
use Illuminate\\Support\\Facades\\Schema;

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('users', function (Blueprint $table) {
            ${id}
            $table->string('name');
            $table->string('email')->unique();
        });

        Schema::create('sessions', function (Blueprint $table) {
            $table->string('id')->primary();
        });
    }
};
`

const USER = `<?php

namespace App\\Models;

use Illuminate\\Database\\Eloquent\\Factories\\HasFactory;
use Illuminate\\Foundation\\Auth\\User as Authenticatable;
use Illuminate\\Notifications\\Notifiable;

class User extends Authenticatable
{
    use HasFactory, Notifiable;
}
`

const AUTH = `<?php

return [
    'defaults' => [
        'guard' => env('AUTH_GUARD', 'web'),
    ],

    // 'guards' => ['api' => ['driver' => 'session']],
    'guards' => [
        'web' => [
            'driver' => 'session',
            'provider' => 'users',
        ],
    ],
];
`

const ENV = `APP_NAME=Laravel
APP_ENV=local
APP_KEY=base64:c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I=
APP_URL=http://localhost

DB_CONNECTION=sqlite
# DB_PASSWORD=

SESSION_DRIVER=database
SESSION_LIFETIME=120

BROADCAST_CONNECTION=log
QUEUE_CONNECTION=database

MAIL_PASSWORD=mail-secret

VITE_APP_NAME="\${APP_NAME}"
`

const VITE_JS = "@vite(['resources/css/app.css', 'resources/js/app.js'])"

const common = (require: Record<string, string>, dev?: Record<string, string>): Files => ({
  'composer.json': composerJson(require, dev),
  artisan: '#!/usr/bin/env php\n<?php\n',
  'bootstrap/app.php':
    '<?php\n\nuse Illuminate\\Foundation\\Application;\n\nreturn Application::configure()->create();\n',
  'bootstrap/providers.php': '<?php\n\nreturn [\n    App\\Providers\\AppServiceProvider::class,\n];\n',
  'app/Providers/AppServiceProvider.php': '<?php\n\nnamespace App\\Providers;\n\nclass AppServiceProvider\n{\n}\n',
  'app/Http/Controllers/Controller.php':
    '<?php\n\nnamespace App\\Http\\Controllers;\n\nabstract class Controller\n{\n}\n',
  'app/Models/User.php': USER,
  'config/auth.php': AUTH,
  'database/migrations/0001_01_01_000000_create_users_table.php': usersTable('$table->id();'),
  'routes/web.php': "<?php\n\nuse Illuminate\\Support\\Facades\\Route;\n\nRoute::get('/', fn () => view('welcome'));\n",
  'routes/console.php': '<?php\n',
  'tests/TestCase.php': '<?php\n\nnamespace Tests;\n\nabstract class TestCase\n{\n}\n',
  '.env': ENV,
  '.env.example': ENV.replace(/^APP_KEY=.*$/m, 'APP_KEY=').replace('mail-secret', 'null'),
})

const packageJson = (dependencies: Record<string, string> = {}): string =>
  `${JSON.stringify({ private: true, type: 'module', scripts: { build: 'vite build' }, devDependencies: { 'laravel-vite-plugin': '^2.0.0', vite: '^7.0.0', ...dependencies } }, null, 4)}\n`

const plain = (framework: string, dev: Record<string, string>) => ({
  ...common({ 'laravel/framework': framework, 'laravel/tinker': '^2.10.1' }, dev),
  'package.json': packageJson(),
  'resources/js/app.js': "import './bootstrap';\n",
  'resources/js/bootstrap.js': "import axios from 'axios';\nwindow.axios = axios;\n",
  'resources/views/welcome.blade.php': page(VITE_JS, '<h1>Laravel</h1>'),
})

/** Apps in the shapes in which they begin: what of them the command looks at, and what it must not touch. */
export const SKELETONS = {
  'Laravel 11': plain('^11.31', { 'phpunit/phpunit': '^11.0.1' }),
  'Laravel 12': plain('^12.0', { 'phpunit/phpunit': '^11.5.3' }),
  'Laravel 13': {
    ...plain('^13.0', { 'pestphp/pest': '^4.0' }),
    'bootstrap/providers.php':
      '<?php\n\nuse App\\Providers\\AppServiceProvider;\n\nreturn [\n    AppServiceProvider::class,\n];\n',
    'resources/js/app.js': '//\n',
  },
  'the Livewire starter kit': {
    ...common(
      { 'laravel/framework': '^12.0', 'livewire/flux': '^2.1.1', 'livewire/livewire': '^3.6' },
      { 'pestphp/pest': '^3.8' },
    ),
    'package.json': packageJson(),
    'resources/js/app.js': '',
    'resources/views/welcome.blade.php': page('', '<h1>Laravel</h1>'),
    'resources/views/partials/head.blade.php': `<meta charset="utf-8" />\n${VITE_JS}\n`,
    'resources/views/components/layouts/app.blade.php':
      '<x-layouts.app.sidebar :title="$title ?? null">\n    <flux:main>\n        {{ $slot }}\n    </flux:main>\n</x-layouts.app.sidebar>\n',
    'resources/views/components/layouts/app/sidebar.blade.php': page("@include('partials.head')", '{{ $slot }}'),
    'resources/views/components/layouts/app/header.blade.php': page("@include('partials.head')", '{{ $slot }}'),
    'resources/views/components/layouts/auth/simple.blade.php': page("@include('partials.head')", '{{ $slot }}'),
    'resources/views/livewire/auth/login.blade.php': '<div></div>\n',
  },
  'the React starter kit': {
    ...common({ 'laravel/framework': '^12.0', 'inertiajs/inertia-laravel': '^2.0' }, { 'pestphp/pest': '^3.8' }),
    'package.json': packageJson({ react: '^19.0.0', '@inertiajs/react': '^2.0.0' }),
    'routes/auth.php': "<?php\n\nRoute::get('login', fn () => inertia('login'))->name('login');\n",
    'resources/js/app.tsx':
      "import '../css/app.css';\n\nimport { createInertiaApp } from '@inertiajs/react';\nimport {\n    initializeTheme,\n} from './hooks/use-appearance';\n\nconst appName = import.meta.env.VITE_APP_NAME || 'Laravel';\n\ncreateInertiaApp({ title: (title) => title + ' - ' + appName });\n\ninitializeTheme();\n",
    'resources/views/app.blade.php': page(
      "@vite(['resources/js/app.tsx', \"resources/js/pages/{$page['component']}.tsx\"])",
      '@inertia',
    ),
  },
  Jetstream: {
    ...common(
      {
        'laravel/framework': '^11.9',
        'laravel/jetstream': '^5.1',
        'livewire/livewire': '^3.0',
        'laravel/reverb': '^1.0',
      },
      { 'phpunit/phpunit': '^11.0.1' },
    ),
    'composer.lock': composerLock({
      'laravel/framework': 'v11.44.2',
      'laravel/reverb': 'v1.4.5',
      'livewire/livewire': 'v3.5.20',
    }),
    'package.json': packageJson({ 'cart-echo': '^0.1.0', 'laravel-echo': '^2.0.0', 'pusher-js': '^8.4.0' }),
    '.env': `${ENV.replace('BROADCAST_CONNECTION=log', 'BROADCAST_CONNECTION=reverb')}\nREVERB_APP_ID=1001\nREVERB_APP_KEY=reverb-key\nREVERB_APP_SECRET=reverb-secret\n`,
    'routes/channels.php':
      "<?php\n\nBroadcast::channel('App.Models.User.{id}', fn ($user, $id) => (int) $user->id === (int) $id);\n",
    'resources/js/app.js': "import './bootstrap';\n",
    'resources/js/bootstrap.js': "import './echo';\n",
    'resources/js/echo.js': "import Echo from 'laravel-echo';\nwindow.Echo = new Echo({ broadcaster: 'reverb' });\n",
    'resources/views/layouts/app.blade.php': page(VITE_JS, '{{ $slot }}\n\n        @livewireScripts'),
    'resources/views/layouts/guest.blade.php': page(VITE_JS, '{{ $slot }}'),
    'resources/views/auth/login.blade.php': '<x-guest-layout></x-guest-layout>\n',
  },
  'an API alone': {
    ...common({ 'laravel/framework': '^12.0', 'laravel/sanctum': '^4.0' }, { 'phpunit/phpunit': '^11.5.3' }),
    'routes/api.php': "<?php\n\nRoute::post('/login', fn () => null);\n",
  },
} as const satisfies Record<string, Files>

/** The name of one of them. */
export type Skeleton = keyof typeof SKELETONS
