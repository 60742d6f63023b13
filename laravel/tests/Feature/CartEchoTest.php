<?php

declare(strict_types=1);

namespace Tests\Feature;

use App\CartEcho\BatchChange;
use App\CartEcho\CartLog;
use App\CartEcho\CheckAnswer;
use App\CartEcho\Customers;
use App\Events\CartConditionsChanged;
use App\Models\User;
use Illuminate\Foundation\Testing\RefreshDatabase;
use Illuminate\Support\Facades\Blade;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Facades\Event;
use Illuminate\Support\Facades\Route;
use InvalidArgumentException;
use RuntimeException;
use Tests\TestCase;

/** What a shop relies on. It needs a User model that can be written as below; nothing leaves the machine. */
final class CartEchoTest extends TestCase
{
    use RefreshDatabase;

    private const CHECK = '/api/cart/check-updates';

    protected function setUp(): void
    {
        parent::setUp();
        config(['broadcasting.default' => 'null', 'cart-echo.level' => 1, 'cart-echo.enabled' => true]);
        Route::middleware('web')->get('/cart-echo-test', fn () => Blade::render('<x-cart-echo />'));
    }

    public function test_a_change_is_logged_and_broadcast_to_its_customer(): void
    {
        Event::fake([CartConditionsChanged::class]);
        $user = $this->customer('a@example.com');
        $this->log($user, 'Raya Sale has ended');
        Event::assertDispatched(CartConditionsChanged::class, fn (CartConditionsChanged $event) => $event->payload['message'] === 'Raya Sale has ended'
            && $event->broadcastAs() === 'cart.conditions.changed'
            && $event->broadcastOn()->name === 'private-'.strtr(head(config('cart-echo.guards')), ['{user}' => $user->getKey()]));
        $this->assertStringEndsWith(':1', app(CartLog::class)->head($user));
    }

    public function test_a_change_that_is_rolled_back_was_never_there(): void
    {
        Event::fake([CartConditionsChanged::class]);
        $user = $this->customer('a@example.com');
        rescue(fn () => DB::transaction(function () use ($user) {
            app(CartLog::class)->append($user, 'Never');
            throw new RuntimeException('The cart could not be written.');
        }), report: false);
        Event::assertNotDispatched(CartConditionsChanged::class);
        $this->assertSame(':0', app(CartLog::class)->head($user));
    }

    public function test_what_no_shopper_may_read_is_refused(): void
    {
        $this->expectException(InvalidArgumentException::class);
        $this->log($this->customer('a@example.com'), 'Sale', ['condition_slug' => 'raya-2026']);
    }

    public function test_the_check_gives_everything_since_a_cursor(): void
    {
        $user = $this->customer('a@example.com');
        $this->log($user, 'One');
        $this->log($user, 'Two');
        $answer = $this->actingAs($user)->getJson(self::CHECK.'?since=:0&fresh=1k')->assertOk();
        $answer->assertJsonPath('cart_echo.events.0.payload.message', 'One');
        $answer->assertJsonPath('cart_echo.events.1.payload.message', 'Two');
        $answer->assertJsonPath('cart_echo.fresh', '1k');
        $answer->assertJsonPath('message', 'Two');
        $this->assertStringContainsString('no-store', $answer->headers->get('Cache-Control'));
        $this->assertSame([], $answer->headers->getCookies());
        $cursor = $answer->json('cart_echo.cursor');
        $this->getJson(self::CHECK."?since=$cursor&fresh=2k")->assertJsonPath('updated', false);
    }

    public function test_the_check_tells_nobody_what_happened_to_another(): void
    {
        [$one, $other] = [$this->customer('a@example.com'), $this->customer('b@example.com')];
        $this->log($one, 'For one');
        $answer = $this->actingAs($other)->getJson(self::CHECK.'?since=:0&fresh=1k')->assertOk();
        $answer->assertJsonPath('cart_echo.events', []);
        $customers = app(Customers::class);
        $this->assertNotSame($customers->owner($customers->of($one)), $answer->json('cart_echo.owner'));
    }

    public function test_the_check_refuses_who_is_not_logged_in_and_breaks_by_nothing(): void
    {
        $this->getJson(self::CHECK)->assertStatus(401)->assertExactJson(CheckAnswer::NOBODY);
        $this->actingAs($this->customer('a@example.com'));
        foreach (['since[]=1', 'since=%FF', 'since=a%00:1', 'since=a:99999999999999999999', 'since=x:1&fresh[]=a', 'fresh=%FF'] as $query) {
            $this->getJson(self::CHECK."?$query")->assertOk();
        }
    }

    public function test_a_page_says_who_looks_at_it_and_where_their_log_stands(): void
    {
        $user = $this->customer('a@example.com');
        $this->log($user, 'One');
        $this->get('/cart-echo-test')->assertOk()->assertDontSee('data-cart-echo', false);
        $html = $this->actingAs($user)->get('/cart-echo-test')->assertOk()->getContent();
        $this->assertSame(1, preg_match('~<script type="application/json" data-cart-echo>\n(.+)\n</script>~', $html, $found));
        $block = json_decode($found[1], true, flags: JSON_THROW_ON_ERROR);
        $this->assertSame((string) $user->getKey(), $block['user']);
        $this->assertSame(app(CartLog::class)->head($user), $block['cursor']);
        $this->assertSame(self::CHECK, $block['check']['url']);
        $this->getJson(self::CHECK."?since={$block['cursor']}&fresh=1k")->assertJsonPath('cart_echo.owner', $block['owner']);
    }

    public function test_a_channel_lets_in_its_own_customer_and_no_stranger(): void
    {
        config(['broadcasting.default' => 'reverb', 'broadcasting.connections.reverb.key' => 'k', 'broadcasting.connections.reverb.secret' => 's', 'broadcasting.connections.reverb.app_id' => '1']);
        $this->refreshApplicationRoutesFor('reverb');
        [$one, $other] = [$this->customer('a@example.com'), $this->customer('b@example.com')];
        $ask = fn (string $id) => $this->postJson('/broadcasting/auth', ['socket_id' => '1.1', 'channel_name' => "private-App.Models.User.$id"]);
        $ask((string) $one->getKey())->assertForbidden();
        $this->actingAs($one);
        $ask((string) $one->getKey())->assertOk();
        $ask((string) $other->getKey())->assertForbidden();
        $ask("0{$one->getKey()}")->assertForbidden();
    }

    public function test_the_switch_ends_broadcasts_and_tells_open_pages(): void
    {
        config(['cart-echo.enabled' => false]);
        $user = $this->customer('a@example.com');
        $this->assertFalse((new CartConditionsChanged(1, []))->broadcastWhen());
        $this->actingAs($user)->getJson(self::CHECK.'?since=:0&fresh=1k')->assertJsonPath('cart_echo.enabled', false);
        config(['cart-echo.enabled' => true, 'filament-cart.features.broadcast_cart_updates' => false]);
        $this->getJson(self::CHECK.'?since=:0&fresh=2k')->assertJsonPath('cart_echo.enabled', false);
    }

    public function test_a_batch_goes_on_where_one_cart_fails(): void
    {
        $users = [$this->customer('a@example.com'), $this->customer('b@example.com'), $this->customer('c@example.com')];
        $count = app(BatchChange::class)->each($users, 10_000, function (User $user) use ($users) {
            if ($user->is($users[1])) {
                throw new RuntimeException('This cart is broken.');
            }

            return $user->is($users[2]) ? null : ['message' => 'Raya Sale has ended'];
        });
        $this->assertSame(['told' => 1, 'unchanged' => 1, 'failed' => 1], $count);
        $this->actingAs($users[0])->getJson(self::CHECK.'?since=:0&fresh=1k')
            ->assertJsonPath('cart_echo.events.0.payload.cart_echo.spread_ms', 200_000);
    }

    private function customer(string $email): User
    {
        return User::forceCreate(['name' => 'Shopper', 'email' => $email, 'password' => bcrypt('password')]);
    }

    private function log(User $user, ?string $message, array $changes = []): void
    {
        DB::transaction(fn () => app(CartLog::class)->append($user, $message, $changes));
    }

    /** The rules were registered with the broadcaster of .env; a test of another one registers them again. */
    private function refreshApplicationRoutesFor(string $broadcaster): void
    {
        app('Illuminate\Broadcasting\BroadcastManager')->purge($broadcaster);
        (new \App\Providers\CartEchoServiceProvider($this->app))->boot();
    }
}
