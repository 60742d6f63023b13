<?php

declare(strict_types=1);

namespace App\CartEcho;

use Closure;
use Illuminate\Support\Facades\DB;
use Throwable;

/**
 * Changes the carts of many customers, each in a short transaction of its own: one for all would keep every counter locked
 * until the last cart is done, and two such deadlock. Made for a job on a queue, not for an admin's request.
 */
final readonly class BatchChange
{
    private const MIN_SPREAD_MS = 2_000;

    /** Pages take no more. */
    private const MAX_SPREAD_MS = 300_000;

    public function __construct(private CartLog $log, private Settings $settings) {}

    /**
     * Calls `$change` for each customer, in a transaction, tried three times. It writes the cart, all its instances, and
     * returns what to tell: `['message' => …, 'changes' => […]]`, and `'cart_echo'` where that is needed; null for nothing, where the cart did
     * not have it. A customer who fails is reported, and the others go on.
     *
     * @param  iterable<Customer|\Illuminate\Contracts\Auth\Authenticatable|string|int>  $customers  lazy, such as `lazyById()`
     * @param  int  $audience  how many carts the whole of it changes: pages spread their reading by that
     * @param  Closure(mixed): (array{message?: ?string, changes?: array<string, mixed>, cart_echo?: array<string, mixed>}|null)  $change
     * @return array{told: int, unchanged: int, failed: int}
     */
    public function each(iterable $customers, int $audience, Closure $change): array
    {
        $count = ['told' => 0, 'unchanged' => 0, 'failed' => 0];
        $spread = ['spread_ms' => $this->spreadMs($audience)];
        foreach ($customers as $customer) {
            try {
                $isTold = DB::connection($this->settings->connection())->transaction(function () use ($customer, $change, $spread): bool {
                    $news = $change($customer);
                    if ($news !== null) {
                        $this->log->append($customer, $news['message'] ?? null, $news['changes'] ?? [], ($news['cart_echo'] ?? []) + $spread);
                    }

                    return $news !== null;
                }, 3);
                $count[$isTold ? 'told' : 'unchanged'] += 1;
            } catch (Throwable $error) {
                report($error);
                $count['failed'] += 1;
            }
        }

        return $count;
    }

    /** Over how long the open pages spread their reading, if this many carts change at once. 2 s to 5 min. */
    public function spreadMs(int $audience): int
    {
        $perSecond = max(1, (int) ($this->settings->get('refreshes_per_second') ?? 50));

        return max(self::MIN_SPREAD_MS, min(self::MAX_SPREAD_MS, intdiv($audience * 1_000, $perSecond)));
    }
}
