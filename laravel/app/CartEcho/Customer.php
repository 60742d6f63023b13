<?php

declare(strict_types=1);

namespace App\CartEcho;

/** Whose cart it is. The guard belongs to it, because admin 5 and customer 5 are two people with one number. */
final readonly class Customer
{
    /** The guard of whoever is not logged in. No guard of Laravel's has an empty name. */
    private const GUEST = '';

    public function __construct(public string $id, public string $guard = 'web', public string $tenant = '') {}

    /** Somebody without a log-in. `$key` is a random one of the shop's own: never the session's id. */
    public static function guest(string $key, string $tenant = ''): self
    {
        return new self($key, self::GUEST, $tenant);
    }

    /** True for who has no log-in, and so no channel. */
    public function isGuest(): bool
    {
        return $this->guard === self::GUEST;
    }

    /**
     * Names whose log this is without saying who that is: 32 of `0-9 a-f`. What goes into it is told apart by its length, so
     * that no id can be written such that it looks like another tenant's or guard's.
     */
    public function owner(string $secret): string
    {
        $words = serialize([$this->tenant, $this->guard, $this->id]);

        return substr(hash_hmac('sha256', "cart-echo|$words", $secret), 0, 32);
    }

    /**
     * The channel of this customer. `{user}` and `{tenant}` in the pattern are filled in; in one turn, so that an id which
     * holds `{tenant}` stays an id.
     */
    public function channel(string $pattern): string
    {
        return strtr($pattern, ['{user}' => $this->id, '{tenant}' => $this->tenant]);
    }
}
