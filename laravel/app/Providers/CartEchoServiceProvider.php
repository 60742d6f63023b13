<?php

declare(strict_types=1);

namespace App\Providers;

use App\CartEcho\CartLog;
use App\CartEcho\PageBlock;
use App\CartEcho\Settings;
use App\Http\Controllers\CartUpdatesController;
use App\Http\Middleware\NoteCartPlace;
use App\Http\Middleware\ReadSession;
use Closure;
use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Cookie\Middleware\EncryptCookies;
use Illuminate\Support\Facades\Broadcast;
use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;

/** Everything that a shop would else have to write into its routes, its channels, its middleware and its schedule. */
final class CartEchoServiceProvider extends ServiceProvider
{
    /** Neither route is in the group `web`, which writes the session back after each request. */
    private const READS_SESSION = [EncryptCookies::class, ReadSession::class];

    public function boot(): void
    {
        $settings = $this->app->make(Settings::class);
        $keepsLog = $settings->level() > 0;
        if ($keepsLog) {
            $this->addCheck();
            $this->callAfterResolving(Kernel::class, function (object $kernel): void {
                $kernel->appendMiddlewareToGroup('web', NoteCartPlace::class);
            });
            $this->callAfterResolving(Schedule::class, fn (Schedule $schedule) => $this->schedule($schedule, $settings));
        }
        // After the app's own routes and channels, whose places these take.
        $this->app->booted(fn () => $this->addBroadcasting($settings));
    }

    private function addCheck(): void
    {
        if (! $this->app->routesAreCached()) {
            Route::middleware(self::READS_SESSION)->get(PageBlock::CHECK_PATH, CartUpdatesController::class);
        }
    }

    private function addBroadcasting(Settings $settings): void
    {
        if ($settings->get('auth_route')) {
            Broadcast::routes(['middleware' => self::READS_SESSION]);
        }
        if (! $settings->get('channel_rules') || $this->lacksReverb()) {
            return;
        }
        foreach ($settings->guards() as $guard => $pattern) {
            $rule = $this->ruleOf($pattern);
            Broadcast::channel(strtr($pattern, ['{user}' => '{id}', '{tenant}' => '{cart_echo_tenant}']), $rule, ['guards' => [$guard]]);
        }
    }

    /**
     * True until `composer require laravel/reverb` is through: a rule makes Laravel create the broadcaster at once, and without the package each page of the
     * app would answer 500.
     */
    private function lacksReverb(): bool
    {
        $driver = config('broadcasting.connections.'.config('broadcasting.default').'.driver');

        return in_array($driver, ['reverb', 'pusher'], true) && ! class_exists(\Pusher\Pusher::class);
    }

    /** Compares strings. As integers, many UUIDs and ULIDs are the same, and a stranger is let in. */
    private function ruleOf(string $pattern): Closure
    {
        preg_match_all('/\{(user|tenant)\}/', $pattern, $names);

        return function (object $user, string ...$said) use ($names): bool {
            // The tenant of this request: a worker of Octane gives each a config of its own.
            $is = ['user' => (string) $user->getAuthIdentifier(), 'tenant' => (string) config('cart-echo.tenant')];
            $expected = array_map(fn (string $name): string => $is[$name], $names[1]);

            return hash_equals(serialize($expected), serialize(array_values($said)));
        };
    }

    private function schedule(Schedule $schedule, Settings $settings): void
    {
        $schedule->call(fn (CartLog $log) => $log->prune())->hourly()->name('cart-echo-prune');
        // Before 11.42 nobody notes what went out: the sweep would send everything again and again.
        if ($settings->level() > 1 && method_exists(BroadcastEvent::class, 'middleware')) {
            // In minutes: by default the lock of a run that ended with its scheduler, as by a deploy, keeps others away for a day.
            $schedule->call(fn (CartLog $log) => $log->sweep())->everyThirtySeconds()->name('cart-echo-sweep')->withoutOverlapping(2);
        }
    }
}
