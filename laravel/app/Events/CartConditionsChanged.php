<?php

declare(strict_types=1);

namespace App\Events;

use App\CartEcho\CartLog;
use App\CartEcho\Cursor;
use App\CartEcho\Payload;
use App\CartEcho\RescuedBroadcast;
use App\CartEcho\Settings;
use Closure;
use Illuminate\Broadcasting\PrivateChannel;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;
use Illuminate\Contracts\Events\ShouldDispatchAfterCommit;
use Illuminate\Support\Str;

/** What one customer is told. The payload is made once: whatever sends it later, or again, sends the same. */
final class CartConditionsChanged implements RescuedBroadcast, ShouldBroadcast, ShouldDispatchAfterCommit
{
    public int $tries = 3;

    /** @var list<int> seconds */
    public array $backoff = [1, 5];

    /** The queue connection; null for the default one. `sync` broadcasts at once, and needs no worker. */
    public ?string $connection;

    public ?string $queue;

    /** `CartLog` says the channel and the owner. Without them it goes to the channel of the first guard. */
    public function __construct(
        public readonly string|int $userId,
        public readonly array $payload,
        public readonly ?string $channel = null,
        public readonly ?string $owner = null,
    ) {
        ['connection' => $this->connection, 'queue' => $this->queue] = config('cart-echo.broadcasts');
    }

    /** A null message: the page reads its cart anew and says nothing. Amounts in `$changes` are shown as they are. */
    public static function of(string|int $userId, ?string $message, array $changes = [], array $cartEcho = []): self
    {
        $cartEcho += ['id' => (string) Str::uuid()];

        return new self($userId, Payload::build($message, $changes, now()->toIso8601String(), $cartEcho));
    }

    public function broadcastOn(): PrivateChannel
    {
        return new PrivateChannel($this->channel ?? $this->firstChannel());
    }

    public function broadcastAs(): string
    {
        return 'cart.conditions.changed';
    }

    /** With the time at which it goes out, in milliseconds, by which pages measure how long it took. The log has none. */
    public function broadcastWith(): array
    {
        $payload = $this->payload;
        $payload['cart_echo']['sent_at_ms'] = (int) now()->valueOf();

        return $payload;
    }

    public function broadcastWhen(): bool
    {
        return app(Settings::class)->enabled();
    }

    /**
     * Level 2: once it went out, the log knows. Read by Laravel since 11.42.
     *
     * @return list<Closure>
     */
    public function middleware(): array
    {
        return [function (object $job, Closure $next): void {
            $next($job);
            app(CartLog::class)->published($this);
        }];
    }

    /** Where it stands in the log; null for what is in none. */
    public function place(): ?Cursor
    {
        ['epoch' => $epoch, 'seq' => $seq] = ($this->payload['cart_echo'] ?? []) + ['epoch' => '', 'seq' => 0];

        return $epoch === '' ? null : Cursor::parse("$epoch:$seq");
    }

    private function firstChannel(): string
    {
        $pattern = head(app(Settings::class)->guards());

        return strtr($pattern, ['{user}' => (string) $this->userId, '{tenant}' => (string) config('cart-echo.tenant')]);
    }
}
