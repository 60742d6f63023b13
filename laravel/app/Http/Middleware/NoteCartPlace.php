<?php

declare(strict_types=1);

namespace App\Http\Middleware;

use App\CartEcho\CartLog;
use App\CartEcho\Customers;
use App\CartEcho\PageBlock;
use Closure;
use Illuminate\Http\Request;

/** Notes where the log stands before anything reads the cart. A component is too late: Livewire renders the page before its layout. */
final readonly class NoteCartPlace
{
    public function __construct(private CartLog $log, private Customers $customers) {}

    public function handle(Request $request, Closure $next): mixed
    {
        // A shop whose log is away, or not migrated yet, still sells: its pages then ask from nowhere.
        $request->attributes->set('cart_echo', rescue(fn (): array => $this->note($request), []));

        return $next($request);
    }

    private function note(Request $request): array
    {
        $customer = $this->customers->greet($request);

        return $customer === null ? [] : [
            'owner' => $this->customers->owner($customer),
            'cursor' => $this->log->head($customer),
            'check' => ['url' => PageBlock::CHECK_PATH],
        ];
    }
}
