<?php

declare(strict_types=1);

// Runs the Laravel files of laravel/ on the stand-ins beside this script: one scenario, whose outcome is said as JSON.

use App\CartEcho\BatchChange;
use App\CartEcho\CartLog;
use App\CartEcho\Customer;
use App\CartEcho\Customers;
use App\CartEcho\PageBlock;
use App\Events\CartConditionsChanged;
use App\Http\Controllers\CartUpdatesController;
use App\Http\Middleware\NoteCartPlace;
use App\Http\Middleware\ReadSession;
use App\Providers\CartEchoServiceProvider;
use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Console\Scheduling\Schedule;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Http\Kernel;
use Illuminate\Database\Connection;
use Illuminate\Http\JsonResponse;
use Illuminate\Http\Request;
use Illuminate\Session\Middleware\StartSession;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Broadcast;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Route;

require __DIR__.'/autoload.php';

['run' => $run, 'env' => $env, 'config' => $changed, 'with' => $with] = given() + ['env' => [], 'config' => [], 'with' => []];
if ($with['old'] ?? false) {
    putenv('CART_ECHO_OLD_LARAVEL=1');
}

require __DIR__.'/tables.php';
require __DIR__.'/illuminate.php';
require __DIR__.'/app.php';

App::$app = $app = new App;
$_ENV = $env + ['REVERB_APP_KEY' => 'your-app-key', 'REVERB_HOST' => 'ws.example.com'];
$config = new Config;
$app->kept[Repository::class] = $config;
$config->values = ['app' => ['key' => 'base64:secret'], 'cart-echo' => array_replace(require __DIR__.'/../../../laravel/config/cart-echo.php', $changed)];
if (isset($with['driver'])) {
    $config->values['broadcasting'] = ['default' => 'own', 'connections' => ['own' => ['driver' => $with['driver']]]];
}
if (isset($with['flag'])) {
    $config->values['filament-cart']['features'] = ['broadcast_cart_updates' => $with['flag']];
}
$app->kept[Kernel::class] = new class implements Kernel
{
    public array $web = [];

    public function appendMiddlewareToGroup(string $group, string $middleware): void
    {
        $this->web[] = [$group, $middleware];
    }
};
$app->kept[Schedule::class] = new Schedule;
DB::$connection = $connection = new Connection($pdo = openDatabase());
if (! ($with['unmigrated'] ?? false)) {
    migrate($pdo);
}

function append(mixed $customer, ?string $message, array $changes = [], array $block = []): mixed
{
    return attempt(fn () => DB::$connection->transaction(fn () => app(CartLog::class)->append($customer, $message, $changes, $block)));
}

/** What the check says to the users of a request, by their guards. */
function check(array $users, array $query, ?Session $session = null): JsonResponse
{
    return (new CartUpdatesController)(new Request($users, $query, $session), app(CartLog::class), app(Customers::class));
}

/** A page: the middleware of its group, then the component, as Blade compiles it. */
function page(Request $request): ?string
{
    $component = file_get_contents(__DIR__.'/../../../laravel/resources/views/components/cart-echo.blade.php');
    $php = preg_replace(['/\{\{--.*?--\}\}\n/s', '/@if \((.+)\)\n/', '/\{!! (.+?) !!\}/', '/@endif\n/'], ['', '<?php if ($1) { ?>', "<?php echo $1; ?>\n", '<?php } ?>'], $component);

    return app(NoteCartPlace::class)->handle($request, function (Request $request) use ($php): string {
        ob_start();
        eval('function request() { return $GLOBALS["request"]; } ?>'.$php);

        return ob_get_clean();
    });
}

$seven = ['web' => new User(7)];

say(match ($run) {
    'provider' => (function () use ($app): array {
        (new CartEchoServiceProvider($app))->boot();
        $before = Broadcast::$said;
        array_map(fn (Closure $booted) => $booted(), $app->booted);

        return ['routes' => Route::$said, 'early' => $before, 'broadcasting' => Broadcast::$said, 'web' => $app->kept[Kernel::class]->web, 'schedule' => $app->kept[Schedule::class]->said];
    })(),
    'rules' => (function () use ($app, $with): array {
        (new CartEchoServiceProvider($app))->boot();
        array_map(fn (Closure $booted) => $booted(), $app->booted);

        return array_map(fn (array $ask): bool => Broadcast::$rules[$ask[0]](new User($ask[1]), ...$ask[2]), $with['asks']);
    })(),
    'shop' => (function () use ($app, $seven): array {
        append(7, 'Raya Sale has ended', ['new_total' => 'RM120.00'], ['spread_ms' => 8_000, 'epoch' => 'mine', 'seq' => 99]);
        append(new User(7), null);
        append('8', 'For another');

        return ['events' => $app->events, 'check' => check($seven, ['since' => ':0', 'fresh' => '1k']), 'nobody' => check([], []), 'reported' => $app->reported];
    })(),
    'trouble' => (function () use ($app, $connection, $seven): array {
        $rolledBack = attempt(fn () => $connection->transaction(function (): void {
            app(CartLog::class)->append(7, 'Never');
            throw new RuntimeException('The cart could not be written.');
        }));
        $outside = attempt(fn () => app(CartLog::class)->append(7, 'Never'));
        $app->broadcaster = fn () => throw new RuntimeException('Reverb is away.');
        $away = append(7, 'Written all the same');

        return ['rolledBack' => $rolledBack['message'], 'outside' => $outside, 'away' => $away, 'reported' => $app->reported, 'events' => $app->events, 'check' => check($seven, ['since' => ':0', 'fresh' => '1k'])];
    })(),
    'long' => (function () use ($app, $with): array {
        append(7, 'm', $with['changes']);

        return ['events' => $app->events, 'reported' => $app->reported];
    })(),
    'page' => (function () use ($app, $with, &$request): array {
        append(7, 'One');
        $session = new Session;
        $request = new Request(array_map(fn (mixed $id): User => new User($id), $with['users']), [], $session);

        return ['html' => page($request), 'noted' => $request->attributes->get('cart_echo'), 'session' => $session->values, 'reported' => count($app->reported)];
    })(),
    // A route of the group, as a document has it: what it answers.
    'route' => (function () use ($with): array {
        append(7, 'One');
        $answer = eval('return '.preg_replace('/^Route::get\(\'[^\']+\', (.+)\);$/s', '$1', trim($with['route'])).';');

        return app(NoteCartPlace::class)->handle(new Request(array_map(fn (mixed $id): User => new User($id), $with['users'])), $answer);
    })(),
    'guest' => (function () use ($app, &$request): array {
        $session = new Session;
        $html = page($request = new Request([], [], $session));
        $key = array_values($session->values)[0] ?? '';
        append(Customer::guest($key), 'For a guest');

        return ['html' => $html, 'events' => $app->events, 'check' => check([], ['since' => ':0', 'fresh' => '1k'], $session), 'other' => check([], [], new Session), 'key' => $key];
    })(),
    'guards' => (function () use ($app): array {
        append(7, 'For a customer');
        append(new Customer('7', 'dealer'), 'For a dealer');
        $dealer = check(['dealer' => new User(7)], ['since' => ':0', 'fresh' => '1k']);

        return ['unknown' => append(new Customer('7', 'admin'), 'For nobody')['message'], 'events' => $app->events, 'dealer' => $dealer, 'customer' => check(['web' => new User(7), 'dealer' => new User(7)], ['since' => ':0', 'fresh' => '1k'])];
    })(),
    'outbox' => (function () use ($app, $pdo, $with): array {
        append(7, 'One');
        append(7, 'Two');
        $app->broadcaster = fn () => throw new RuntimeException('Reverb is away.');
        foreach (['Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'] as $message) {
            append(7, $message);
        }
        $pdo->exec('update cart_echo_log set created_at = created_at - '.$with['age']);
        $log = app(CartLog::class);
        $reported = count($app->reported);
        $log->sweep();
        $tried = count($app->reported) - $reported;
        $asked = 0;
        $app->broadcaster = function () use (&$asked): void {
            if (++$asked % 2 === 1) {
                throw new RuntimeException('Reverb takes every second one.');
            }
        };
        $log->sweep();
        $app->broadcaster = null;
        $app->events = [];
        $log->sweep();
        $swept = $app->events;
        $app->events = [];
        $log->sweep();
        $after = count($app->events);
        $log->sendAgain();
        $log->sweep();

        return ['tried' => $tried, 'asked' => $asked, 'swept' => $swept, 'after' => $after, 'again' => count($app->events)];
    })(),
    'upkeep' => (function () use ($pdo, $seven): array {
        append(7, 'One');
        $log = app(CartLog::class);
        $pdo->exec('update cart_echo_log set created_at = created_at - 200000');
        $log->prune();
        $pruned = check($seven, ['since' => ':0', 'fresh' => '1k']);
        $log->forget(new User(7));

        return ['pruned' => $pruned, 'head' => $log->head(7)];
    })(),
    'event' => (function () use ($app): array {
        $event = CartConditionsChanged::of(7, 'Raya Sale has ended', ['new_total' => 'RM120.00']);
        event($event);

        return ['events' => $app->events, 'rescued' => in_array('Illuminate\Contracts\Broadcasting\ShouldRescue', class_implements($event), true), 'connection' => $event->connection, 'queue' => $event->queue, 'place' => $event->place(), 'tries' => [$event->tries, $event->backoff]];
    })(),
    'batch' => (function () use ($app, $with): array {
        $changed = [];
        $customers = (function () {
            yield from [1, 2, 3, 4];
        })();
        $count = app(BatchChange::class)->each($customers, $with['audience'], function (int $id) use (&$changed): ?array {
            $changed[] = $id;

            return match ($id) {
                2 => null,
                3 => throw new RuntimeException('This cart is broken.'),
                default => ['message' => "To $id", 'changes' => ['condition_removed' => 'Raya Sale']],
            };
        });

        return ['count' => $count, 'changed' => $changed, 'events' => $app->events, 'reported' => $app->reported];
    })(),
    'session' => (function () use ($with): array {
        StartSession::$isConfigured = $with['configured'];
        Auth::$guards['web'] = new class($with['remembered'])
        {
            public function __construct(private bool $remembered) {}

            public function viaRemember(): bool
            {
                return $this->remembered;
            }
        };
        (new ReadSession)->handle(new Request, function (): string {
            StartSession::$said[] = 'answered';

            return 'answer';
        });

        return StartSession::$said;
    })(),
    'lost' => (function () use ($connection, $pdo): array {
        // A statement that fails as one does on a connection which the server has closed.
        $gone = new class('sqlite::memory:') extends PDO
        {
            public int $asked = 0;

            public function prepare(string $query, array $options = []): PDOStatement|false
            {
                throw new PDOException('MySQL server has gone away');
            }
        };
        $back = new class($gone) extends Connection
        {
            public ?PDO $new = null;

            public function reconnect(): void
            {
                parent::reconnect();
                $this->pdo = $this->new;
            }
        };
        $back->new = $pdo;
        DB::$connection = $back;
        $head = app(CartLog::class)->head(7);
        $back->pdo = $gone;
        $gone->beginTransaction();
        $within = attempt(fn () => app(CartLog::class)->head(7));

        return ['head' => $head, 'reconnected' => $back->reconnected, 'within' => $within['message']];
    })(),
});
