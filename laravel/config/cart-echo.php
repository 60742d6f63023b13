<?php

return [
    // 0 broadcasts, 1 also keeps a log (php artisan migrate), 2 also sends again what never went out (needs the schedule).
    'level' => (int) env('CART_ECHO_LEVEL', 1),

    // false switches live updates off, on open pages too (from level 1 on).
    'enabled' => (bool) env('CART_ECHO_ENABLED', true),

    // Where browsers reach Reverb. REVERB_HOST is where PHP does: perhaps a name that only your own network knows.
    'reverb' => [
        'key' => env('REVERB_APP_KEY'),
        'host' => env('VITE_REVERB_HOST', env('REVERB_HOST')),
        'port' => (int) env('VITE_REVERB_PORT', env('REVERB_PORT', 443)),
        'scheme' => env('VITE_REVERB_SCHEME', env('REVERB_SCHEME', 'https')),
    ],

    // The guards that customers log in by, each with its channel. With several tenants {tenant} belongs into it.
    'guards' => ['web' => 'App.Models.User.{user}'],

    // Which tenant this is, where one app serves several: set it with the tenant, config(['cart-echo.tenant' => $tenant->id]).
    'tenant' => null,

    // true: pages without a log-in poll, and CartLog takes Customer::guest($key).
    'guests' => false,

    // false leaves the shop's own rule for the channel, or its own /broadcasting/auth, in force.
    'channel_rules' => true,
    'auth_route' => true,

    // Which queue broadcasts wait in; null is the default one. The connection `sync` broadcasts at once, without a worker.
    'broadcasts' => ['connection' => env('CART_ECHO_QUEUE_CONNECTION'), 'queue' => env('CART_ECHO_QUEUE')],

    // The database connection on which carts are written; null is the default one.
    'connection' => env('CART_ECHO_DB_CONNECTION'),

    // What owners are signed with; null is APP_KEY. Where it changes, every open page has to be loaded anew.
    'secret' => env('CART_ECHO_SECRET'),

    // How often pages ask: while nothing is live, and while something is. Over how long the refreshes of a reset are spread.
    'poll' => ['interval_ms' => 30_000],
    'audit' => ['interval_ms' => 300_000],
    'spread_ms' => 2_000,

    // How many carts a second your shop can render: by it a batch spreads the reading of the pages that hear it.
    'refreshes_per_second' => 50,
];
