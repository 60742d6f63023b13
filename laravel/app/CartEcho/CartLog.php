<?php

declare(strict_types=1);

namespace App\CartEcho;

use App\Events\CartConditionsChanged;
use Closure;
use Illuminate\Broadcasting\BroadcastEvent;
use Illuminate\Contracts\Auth\Authenticatable;
use Illuminate\Database\Connection;
use Illuminate\Database\DetectsLostConnections;
use Illuminate\Support\Facades\DB;
use Illuminate\Support\Str;
use LogicException;
use PDOException;
use RuntimeException;
use Throwable;

/** Each customer's changes: logs them (from level 1 on), broadcasts them, and says what happened since a cursor. */
final class CartLog
{
    use DetectsLostConnections;

    /** How long the log remembers: who was away for longer reads the cart anew. */
    private const KEPT_SECONDS = 172_800;

    /** What is older the open pages have asked for. */
    private const SWEPT_SECONDS = 600;

    /** Younger ones may still be on their way. */
    private const UNDER_WAY_SECONDS = 30;

    /** After so many in a row that did not go out, Reverb is away, and each more would cost a time-out. */
    private const MAX_FAILURES = 3;

    public function __construct(private readonly Settings $settings, private readonly Customers $customers) {}

    /**
     * Logs a change, and broadcasts it after the commit; after a roll-back neither. To be called in the transaction that
     * writes the cart, on every level: so a shop goes from one level to the next without a line.
     *
     * @throws LogicException outside of a transaction
     */
    public function append(
        Customer|Authenticatable|string|int $customer,
        ?string $message,
        array $changes = [],
        array $cartEcho = [],
    ): void {
        $connection = $this->connection();
        if ($connection->transactionLevel() === 0) {
            throw new LogicException('CartLog::append() belongs in the transaction that writes the cart.');
        }
        $customer = $this->customers->of($customer);
        $channel = $this->customers->channel($customer);
        // The place is the log's to give, and a change that is in none has none.
        $cartEcho = array_diff_key($cartEcho, ['epoch' => 0, 'seq' => 0]);
        $make = fn (array $place): CartConditionsChanged => $this->event($customer, $channel, $message, $changes, $place + $cartEcho);
        if ($this->settings->level() === 0) {
            $event = $make(['id' => (string) Str::uuid()]);
        } else {
            $this->sql()->append($this->customers->owner($customer), $channel, function (Cursor $at) use ($make, &$event): array {
                $event = $make(['epoch' => $at->epoch, 'seq' => $at->seq]);

                return $event->payload;
            });
        }
        if ($channel !== '') {
            // The cart is written: a queue that is away must not fail the request that wrote it.
            $connection->afterCommit(fn () => rescue(fn () => event($event)));
        }
    }

    /** Where the log stands, `epoch:seq`; `:0` before the first change. To be noted before the cart is read. */
    public function head(Customer|Authenticatable|string|int $customer): string
    {
        $owner = $this->customers->owner($this->customers->of($customer));

        return $this->read(fn (SqlLog $log): string => $log->head($owner)->format());
    }

    /** What the check says to a customer who stands at `$since`. The two words of the query may hold anything. */
    public function answer(Customer $customer, mixed $since, mixed $fresh): array
    {
        $owner = $this->customers->owner($customer);

        return $this->read(fn (SqlLog $log): array => CheckAnswer::of($log, $owner, $since, $fresh, $this->settings->policy()));
    }

    /** Forgets what is older than two days. The counters stay. */
    public function prune(): void
    {
        $this->read(fn (SqlLog $log): int => $log->prune(time() - self::KEPT_SECONDS));
    }

    /** Forgets a customer altogether, as when the user is deleted. Their open pages start anew. */
    public function forget(Customer|Authenticatable|string|int $customer): void
    {
        $owner = $this->customers->owner($this->customers->of($customer));
        $this->read(fn (SqlLog $log) => $log->forget($owner));
    }

    /** Level 2: notes that a change went out. */
    public function published(CartConditionsChanged $event): void
    {
        $place = $event->place();
        if ($place !== null && $event->owner !== null && $this->settings->level() > 1) {
            $this->read(fn (SqlLog $log) => $log->published($event->owner, $place));
        }
    }

    /** Level 2: broadcasts what has not gone out within 30 s, unless it is older than ten minutes. */
    public function sweep(): void
    {
        // The job would be sent all the same: only the dispatcher asks broadcastWhen().
        if (! $this->settings->enabled()) {
            return;
        }
        $waiting = $this->read(fn (SqlLog $log): array => $log->waiting(time() - self::SWEPT_SECONDS, time() - self::UNDER_WAY_SECONDS));
        $failures = 0;
        foreach ($waiting as ['owner' => $owner, 'channel' => $channel, 'payload' => $payload]) {
            if ($channel === '' || $failures === self::MAX_FAILURES) {
                continue;
            }
            try {
                dispatch_sync(new BroadcastEvent(new CartConditionsChanged('', $payload, $channel, $owner)));
                $failures = 0;
            } catch (Throwable $error) {
                report($error);
                $failures += 1;
            }
        }
    }

    /** Level 2: has the sweep send the last ten minutes again, for when they went to nobody. Pages drop what they know. */
    public function sendAgain(): void
    {
        $this->read(fn (SqlLog $log): int => $log->unpublish(time() - self::SWEPT_SECONDS));
    }

    private function event(Customer $customer, string $channel, ?string $message, array $changes, array $cartEcho): CartConditionsChanged
    {
        $payload = Payload::build($message, $changes, now()->toIso8601String(), $cartEcho);
        $fitting = Payload::fit($payload, $channel);
        if ($fitting !== $payload) {
            report(new RuntimeException('A change of a cart was too long for Reverb (10,000 bytes): pages are told less of it.'));
        }

        return new CartConditionsChanged($customer->id, $fitting, $channel, $this->customers->owner($customer));
    }

    private function connection(): Connection
    {
        return DB::connection($this->settings->connection());
    }

    /** On the connection that writes: a replica may lag, and in a transaction it does not see what that has written. */
    private function sql(): SqlLog
    {
        $connection = $this->connection();

        return new SqlLog($connection->getPdo(), $connection->getTablePrefix());
    }

    /** A worker's connection may have been idle for too long. Laravel's own queries connect anew then, and so does this. */
    private function read(Closure $read): mixed
    {
        try {
            return $read($this->sql());
        } catch (PDOException $error) {
            if ($this->connection()->transactionLevel() > 0 || ! $this->causedByLostConnection($error)) {
                throw $error;
            }
            $this->connection()->reconnect();

            return $read($this->sql());
        }
    }
}
