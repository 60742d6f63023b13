<?php

declare(strict_types=1);

namespace App\CartEcho;

use Illuminate\Contracts\Auth\Authenticatable;
use Illuminate\Http\Request;
use Illuminate\Support\Str;
use LogicException;

/** Who customers are in this shop, and where they listen. */
final readonly class Customers
{
    /** The key in the session under which a guest is known. Not the session's id, which would let whoever has it in. */
    private const GUEST_KEY = 'cart_echo_guest';

    public function __construct(private Settings $settings) {}

    /** Whoever asks: the first guard by which somebody is logged in. A guest where config has `guests`; else null. */
    public function current(Request $request): ?Customer
    {
        foreach (array_keys($this->settings->guards()) as $guard) {
            $id = $request->user($guard)?->getAuthIdentifier();
            if ($id !== null) {
                return $this->of($id, $guard);
            }
        }
        $key = $this->settings->get('guests') && $request->hasSession() ? $request->session()->get(self::GUEST_KEY) : null;

        return is_string($key) ? Customer::guest($key, $this->tenant()) : null;
    }

    /** The same, but a guest who is not known yet is from now on: for requests that write their session. */
    public function greet(Request $request): ?Customer
    {
        $customer = $this->current($request);
        if ($customer !== null || ! $this->settings->get('guests') || ! $request->hasSession()) {
            return $customer;
        }
        $request->session()->put(self::GUEST_KEY, $key = Str::random(40));

        return Customer::guest($key, $this->tenant());
    }

    /** A customer by id or model. Of the first guard of the config, if no other is named. */
    public function of(Customer|Authenticatable|string|int $id, ?string $guard = null): Customer
    {
        if ($id instanceof Customer) {
            return $id;
        }
        $key = $id instanceof Authenticatable ? $id->getAuthIdentifier() : $id;

        return new Customer((string) $key, $guard ?? array_key_first($this->settings->guards()), $this->tenant());
    }

    /** Where they listen, such as `App.Models.User.7`; empty for guests, who have no channel. Throws for a guard that the config does not name. */
    public function channel(Customer $customer): string
    {
        return $customer->isGuest() ? '' : $customer->channel($this->pattern($customer));
    }

    /** Names whose log it is, without saying who that is. */
    public function owner(Customer $customer): string
    {
        return $customer->owner($this->settings->secret());
    }

    /** The same, for all customers of that guard. */
    public function pattern(Customer $customer): string
    {
        return $this->settings->guards()[$customer->guard]
            ?? throw new LogicException("config/cart-echo.php names no channel for the guard {$customer->guard}.");
    }

    private function tenant(): string
    {
        return (string) $this->settings->get('tenant');
    }
}
